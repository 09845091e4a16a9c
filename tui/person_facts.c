#include "tui/person_facts.h"

#include "tui/query.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEPT_MOST = 64,
    OLD_MS = 5 * 60 * 1000, /* what is older is asked again */
    FAILED_MS = 10 * 1000,  /* the same after an answer that was of no use */
};

struct person {
    struct person_facts facts;
    struct arena *arena; /* of what is known; NULL: nothing */
    enum person_kind kind;
    char *id, *query;
    bool asking;
    int64_t used, ask_at;
    struct people_facts *people;
};

struct people_facts {
    struct client *client;
    struct person *kept[KEPT_MOST];
    size_t n;
    bool are_new;
    char day[DATE_TEXT];
    int64_t turn;
};

struct people_facts *people_facts_new(struct client *client)
{
    struct people_facts *people = calloc(1, sizeof *people);
    if (!people)
        abort();
    people->client = client;
    return people;
}

static void person_free(struct person *person)
{
    client_forget(person->people->client, person);
    arena_free(person->arena);
    free(person->id);
    free(person->query);
    free(person);
}

void people_facts_clear(struct people_facts *people)
{
    for (size_t i = 0; i < people->n; i++)
        person_free(people->kept[i]);
    people->n = 0;
}

void people_facts_free(struct people_facts *people)
{
    if (people)
        people_facts_clear(people);
    free(people);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void known(struct person *person, const struct answer *answer)
{
    struct arena *arena = arena_new();
    struct reply_person told;
    if (!reply_person_read(arena, answer->body, answer->len, &told)) {
        arena_free(arena);
        return;
    }
    arena_free(person->arena);
    person->arena = arena;
    person->facts = (struct person_facts){FACTS_KNOWN, told};
    if (strlen(told.today) < sizeof person->people->day)
        strcpy(person->people->day, told.today);
}

static void answered(void *owner, const struct answer *answer)
{
    struct person *person = owner;
    int64_t turn = person->people->turn;
    bool is_absent = answer->arrived && answer->http == 404;
    person->asking = false;
    person->ask_at = turn + (answer_is_ok(answer) || is_absent ? OLD_MS : FAILED_MS);
    if (answer_is_ok(answer))
        known(person, answer);
    else if (is_absent)
        person->facts.state = FACTS_ABSENT;
    person->people->are_new = true;
}

static void ask(struct person *person)
{
    static const char *const paths[] = {
        [PERSON_DISTRIBUTOR] = "/distributors/%s/pricing-facts",
        [PERSON_CUSTOMER] = "/customers/%s",
    };
    struct arena *arena = arena_new();
    struct text path;
    const char *at = strstr(paths[person->kind], "%s");
    text_init(&path, arena);
    text_addn(&path, paths[person->kind], (size_t)(at - paths[person->kind]));
    text_add(&path, query_escape(arena, person->id));
    text_add(&path, at + 2);
    text_add(&path, person->query);
    client_send(person->people->client, &(struct request){.method = "GET",
                                                          .path = path.data,
                                                          .tries = 4,
                                                          .waits_for_none = true,
                                                          .done = answered,
                                                          .owner = person});
    person->asking = true;
    arena_free(arena);
}

/* ---- finding --------------------------------------------------------------------------------- */

static bool is_of(const struct person *person, enum person_kind kind, const char *id)
{
    return person->kind == kind && strcmp(person->id, id) == 0;
}

static struct person *find(const struct people_facts *people, enum person_kind kind, const char *id,
                           const char *query)
{
    for (size_t i = 0; i < people->n; i++)
        if (is_of(people->kept[i], kind, id) && strcmp(people->kept[i]->query, query) == 0)
            return people->kept[i];
    return NULL;
}

/* Whoever was not wanted for the longest time makes room. */
static size_t room(struct people_facts *people)
{
    size_t oldest = 0;
    if (people->n < KEPT_MOST)
        return people->n++;
    for (size_t i = 1; i < people->n; i++)
        if (people->kept[i]->used < people->kept[oldest]->used)
            oldest = i;
    person_free(people->kept[oldest]);
    return oldest;
}

static struct person *add(struct people_facts *people, enum person_kind kind, const char *id,
                          const char *query)
{
    struct person *person = calloc(1, sizeof *person);
    char *copy = strdup(id), *with = strdup(query);
    if (!person || !copy || !with)
        abort();
    *person = (struct person){.kind = kind, .id = copy, .query = with, .people = people};
    people->kept[room(people)] = person;
    return person;
}

const struct person_facts *people_facts_of(struct people_facts *people, enum person_kind kind,
                                           const char *id, const char *query, int64_t now)
{
    struct person *person = find(people, kind, id, query);
    people->turn = now;
    if (!person)
        person = add(people, kind, id, query);
    person->used = now;
    if (!person->asking && now >= person->ask_at)
        ask(person);
    return &person->facts;
}

bool people_facts_are_new(struct people_facts *people)
{
    bool are_new = people->are_new;
    people->are_new = false;
    return are_new;
}

const char *people_facts_day(const struct people_facts *people)
{
    return people->day;
}

void people_facts_heard(struct people_facts *people, const struct reply_quote *quote)
{
    for (size_t i = 0; i < people->n; i++)
        if (is_of(people->kept[i], PERSON_DISTRIBUTOR, quote->distributor) &&
            people->kept[i]->facts.state == FACTS_KNOWN)
            people->kept[i]->facts.person.balance = quote->balance;
}

void people_facts_doubt(struct people_facts *people, enum person_kind kind, const char *id)
{
    for (size_t i = 0; i < people->n; i++)
        if (is_of(people->kept[i], kind, id) && !people->kept[i]->asking)
            ask(people->kept[i]);
}
