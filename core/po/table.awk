# Entries of a catalogue, one row of struct tr_entry each; texts are C's already. Not the header.
function row() {
    if (id != "" && id != "\"\"")
        printf "    {%s, {%s%s}},\n", id, form[0], 1 in form ? ", " form[1] : ""
    id = ""
    delete form
}
function text() {
    sub(/^[^"]*/, "")
    return $0
}
/^msgid / { row(); id = text(); to = "id"; next }
/^msgid_plural / { to = ""; next }
/^msgstr\[1\]/ { form[1] = text(); to = 1; next }
/^msgstr/ { form[0] = text(); to = 0; next }
/^"/ && to == "id" { id = id " " $0; next }
/^"/ && to != "" { form[to] = form[to] " " $0 }
END { row() }
