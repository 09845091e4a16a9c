# sql/q/*.sql -> a table of named queries. A query starts with a line
#     -- name: draft_get   (what it is for)
# and runs to the next such line. Its parameters are $1 to $n. what=h prints the enum, what=c the table.
function flush_query() {
    if (name == "") return
    gsub(/[ \n]+$/, "", body); sub(/;$/, "", body)
    n = 0
    for (i = 1; i <= 60; i++) if (body ~ ("\\$" i "([^0-9]|$)")) n = i
    names[++count] = name; bodies[count] = body; params[count] = n
    name = ""; body = ""
}
/^-- name:/ { flush_query(); name = $3; where[count + 1] = FILENAME; next }
/^--/ { next }
name != "" { body = body $0 "\n" }
END {
    flush_query()
    if (what == "h") {
        print "/* Generated from sql/q by server/gen/queries.awk. */\n#pragma once\n\nenum query {"
        for (i = 1; i <= count; i++) printf "    Q_%s, /* %s */\n", names[i], where[i]
        print "    QUERY_COUNT\n};\n"
        print "struct query_text {\n    const char *name, *sql;\n    int nparams;\n};"
        print "extern const struct query_text query_table[QUERY_COUNT];"
    } else {
        print "/* Generated from sql/q by server/gen/queries.awk. */\n#include \"queries.h\"\n"
        print "const struct query_text query_table[QUERY_COUNT] = {"
        for (i = 1; i <= count; i++) {
            text = bodies[i]
            gsub(/\\/, "&&", text); gsub(/"/, "\\\"", text); gsub(/\n/, "\\n\"\n     \"", text)
            printf "    {\"%s\",\n     \"%s\",\n     %d},\n", names[i], text, params[i]
        }
        print "};"
    }
}
