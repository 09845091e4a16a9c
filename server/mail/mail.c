#include "server/mail/mail.h"

#include "core/letter.h"
#include "core/returns_say.h"
#include "core/wire/wire.h"
#include "server/net/log.h"
#include "server/net/metrics.h"
#include "server/net/multi.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    FIRST_LOOK_MS = 1000,
    CONNECT_MS = 10000,
    SEND_MS = 45000, /* shorter than the lease */
    FACTS_MOST = 24,
    PASSWORD_MOST = 256,
    ERROR_MOST = 300
};

struct mail {
    struct mail_config config;
    struct loop_timer *timer;
    struct multi *multi;
    const char *from_name, *from;
    struct arena *arena; /* of the two */
    char holder[80], password[PASSWORD_MOST];
    int64_t shown[2]; /* what the gauges say */
    bool busy;
};

/* One letter on its way. */
struct sending {
    struct mail *mail;
    struct arena *arena;
    struct db_batch *batch;
    const char *id, *kind, *message;
    size_t len, at;
    struct curl_slist *to;
    char said[CURL_ERROR_SIZE];
    char error[ERROR_MOST]; /* "": sent */
    bool for_good;
};

static void next(struct mail *mail);

static void sending_free(struct sending *s)
{
    curl_slist_free_all(s->to);
    arena_free(s->arena);
}

static void rest(struct sending *s)
{
    s->mail->busy = false;
    sending_free(s);
}

/* ---- how it went ----------------------------------------------------------------------------- */

static void recorded(void *arg)
{
    struct sending *s = arg;
    struct mail *mail = s->mail;
    if (db_status(s->batch) != STATUS_OK) {
        rest(s); /* it will be tried again, under the same Message-ID */
        return;
    }
    const char *state = db_value(s->batch, 0, 0, 0);
    log_event(*s->error ? LOG_WARN_ : LOG_INFO_, *s->error ? "mail_failed" : "mail_sent", "letter",
              s->id, "kind", s->kind, "state", state ? state : "", "why", s->error, NULL);
    metric_add(*s->error ? METRIC_mail_failed : METRIC_mail_sent, 1);
    sending_free(s);
    next(mail);
}

static void record(struct sending *s)
{
    s->batch = db_batch_new(s->arena, DB_COMMIT);
    DB_ADD(s->batch, Q_mail_tried, s->id, s->mail->holder, s->error,
           s->for_good ? "true" : "false");
    db_send(s->mail->config.db, s->batch, recorded, s);
}

static void fail(struct sending *s, bool for_good, const char *why)
{
    s->for_good = for_good;
    snprintf(s->error, sizeof s->error, "%s", why);
    for (char *c = s->error; *c; c++)
        if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7F)
            *c = ' ';
    record(s);
}

/* 5xx is the mail server's last word on this letter; not when it is about signing in or encryption,
 * which is ours to set right. Everything else may pass. */
static void posted(void *arg, CURL *easy, CURLcode result)
{
    struct sending *s = arg;
    long code = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
    if (result == CURLE_OK) {
        record(s);
        return;
    }
    bool ours = result == CURLE_LOGIN_DENIED || result == CURLE_USE_SSL_FAILED ||
                result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_COULDNT_CONNECT;
    bool for_good = !ours && code >= 500 && code <= 599;
    const char *why = *s->said ? s->said : curl_easy_strerror(result);
    fail(s, for_good, code ? arena_printf(s->arena, "%ld: %s", code, why) : why);
}

/* ---- sending --------------------------------------------------------------------------------- */

static size_t give(char *into, size_t size, size_t n, void *arg)
{
    struct sending *s = arg;
    size_t room = size * n, left = s->len - s->at, take = left < room ? left : room;
    memcpy(into, s->message + s->at, take);
    s->at += take;
    return take;
}

static void post(struct sending *s, const char *to)
{
    const struct mail_config *config = &s->mail->config;
    CURL *easy = curl_easy_init();
    if (!easy)
        abort();
    s->to = curl_slist_append(NULL, to);
    curl_easy_setopt(easy, CURLOPT_URL, config->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     (long)(config->with_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (config->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, config->ca_file);
    if (config->user) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, config->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, s->mail->password);
    }
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, s->mail->from);
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, s->to);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(easy, CURLOPT_READDATA, s);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)s->len);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)SEND_MS);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, s->said);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    multi_add(s->mail->multi, easy, posted, s);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void release_json(void *value)
{
    json_decref(value);
}

/* What the buyer is told of a return is a text of its own. */
static const char *return_text(struct arena *arena, enum language language, json_t *facts)
{
    struct return_told told = {
        .number = json_string_value(json_object_get(facts, "ref")),
        .order = json_string_value(json_object_get(facts, "order")),
        .deadline = json_string_value(json_object_get(facts, "deadline")),
    };
    json_t *address = json_object_get(facts, "address");
    const struct {
        const char *name, **into;
    } parts[] = {{"name", &told.address.name},         {"line1", &told.address.line1},
                 {"line2", &told.address.line2},       {"city", &told.address.city},
                 {"postcode", &told.address.postcode}, {"region", &told.address.region},
                 {"country", &told.address.country}};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        const char *value = json_string_value(json_object_get(address, parts[i].name));
        *parts[i].into = value ? value : "";
    }
    return told.number && told.order && told.deadline
               ? return_instructions_say(arena, language, &told)
               : "-";
}

static bool compose(struct sending *s, enum language language, const char *name,
                    const char *company, json_t *facts, struct letter *letter)
{
    struct letter_fact all[FACTS_MOST] = {{"name", name}, {"company", company}};
    const char *key;
    json_t *value;
    size_t n = 2;
    if (json_object_get(facts, "code"))
        all[n++] = (struct letter_fact){
            "url", arena_printf(s->arena, "%s/p/%s", s->mail->config.public_url,
                                json_string_value(json_object_get(facts, "code")))};
    if (json_object_get(facts, "address"))
        all[n++] = (struct letter_fact){"text", return_text(s->arena, language, facts)};
    json_object_foreach(facts, key, value)
    {
        if (n < FACTS_MOST && json_is_string(value))
            all[n++] = (struct letter_fact){key, json_string_value(value)};
    }
    return letter_compose(s->arena, language, s->kind, all, n, &letter->subject, &letter->text);
}

static void write_letter(struct sending *s)
{
    enum { HELD, ID, KIND, NAME, EMAIL, LANGUAGE, COMPANY, MESSAGE_ID, FACTS };
    const struct db_batch *b = s->batch;
    const char *to = db_value(b, 0, 0, EMAIL);
    enum language language = language_by_name(db_value(b, 0, 0, LANGUAGE));
    struct letter letter = {.from_name = s->mail->from_name,
                            .from = s->mail->from,
                            .to_name = db_value(b, 0, 0, NAME),
                            .to = to,
                            .id = db_value(b, 0, 0, MESSAGE_ID),
                            .time = time(NULL)};
    const char *known = db_value(b, 0, 0, FACTS);
    json_t *facts = known ? json_loads(known, 0, NULL) : NULL;
    arena_defer(s->arena, release_json, facts);
    const char *state = json_string_value(json_object_get(facts, "state"));
    if (!facts)
        fail(s, true, "what it is about cannot be read");
    else if (!*to)
        fail(s, true, "there is no e-mail address");
    else if (!letter_address_ok(to))
        fail(s, true, "the e-mail address cannot be written to");
    else if (state && strcmp(state, "dead") == 0)
        fail(s, true,
             json_object_get(facts, "code") ? "the link is not open any more"
                                            : "the gift certificate is dead");
    else if (!compose(s, language == LANGUAGES ? LANGUAGE_en : language, letter.to_name,
                      db_value(b, 0, 0, COMPANY), facts, &letter))
        fail(s, true, "there is no text for this kind of letter");
    else {
        s->message = letter_write(s->arena, &letter, &s->len);
        post(s, to);
    }
}

/* ---- looking --------------------------------------------------------------------------------- */

static void took(void *arg)
{
    enum { HELD, ID, KIND };
    struct sending *s = arg;
    if (db_status(s->batch) != STATUS_OK || db_bool(s->batch, 0, 0, HELD) ||
        !db_value(s->batch, 0, 0, ID)) {
        rest(s);
        return;
    }
    s->id = db_value(s->batch, 0, 0, ID);
    s->kind = db_value(s->batch, 0, 0, KIND);
    write_letter(s);
}

static struct sending *sending_new(struct mail *mail, enum db_pool pool)
{
    struct arena *arena = arena_new();
    struct sending *s = ARENA_NEW(arena, struct sending);
    s->mail = mail;
    s->arena = arena;
    s->batch = db_batch_new(arena, pool);
    return s;
}

static void next(struct mail *mail)
{
    struct sending *s = sending_new(mail, DB_COMMIT);
    mail->busy = true;
    DB_ADD(s->batch, Q_mail_next, mail->holder);
    db_send(mail->config.db, s->batch, took, s);
}

static void counted(void *arg)
{
    static const enum metric gauges[] = {METRIC_mail_waiting, METRIC_mail_dead};
    struct sending *s = arg;
    for (int i = 0; i < 2 && db_status(s->batch) == STATUS_OK; i++) {
        int64_t now = db_int(s->batch, 0, 0, i);
        metric_add(gauges[i], now - s->mail->shown[i]);
        s->mail->shown[i] = now;
    }
    sending_free(s);
}

static void look(void *arg)
{
    struct mail *mail = arg;
    if (!db_is_ready(mail->config.db))
        return;
    struct sending *count = sending_new(mail, DB_READ);
    db_batch_add(count->batch, Q_mail_stand, 0, NULL);
    db_send(mail->config.db, count->batch, counted, count);
    if (!mail->busy && !mail->config.only_count)
        next(mail);
}

static void begin(void *arg)
{
    struct mail *mail = arg;
    loop_timer_free(mail->timer);
    mail->timer = loop_timer_new(mail->config.loop, mail->config.every_ms, true, look, mail);
    look(mail);
}

/* The first line of the file. */
static bool read_password(struct mail *mail)
{
    FILE *file = fopen(mail->config.password_file, "re");
    bool ok = file && fgets(mail->password, PASSWORD_MOST, file);
    if (file)
        fclose(file);
    mail->password[strcspn(mail->password, "\r\n")] = '\0';
    if (!ok)
        log_event(LOG_ERROR_, "mail_password", "file", mail->config.password_file, "why",
                  "it cannot be read", NULL);
    return ok;
}

struct mail *mail_new(const struct mail_config *config)
{
    struct mail *mail = calloc(1, sizeof *mail);
    if (!mail)
        abort();
    char host[40] = "";
    gethostname(host, sizeof host - 1);
    mail->config = *config;
    mail->arena = arena_new();
    snprintf(mail->holder, sizeof mail->holder, "%s:%d", host, (int)getpid());
    if (!config->only_count) {
        mail->multi = multi_new(config->loop, 1);
        if (!letter_sender(mail->arena, config->from, &mail->from_name, &mail->from))
            mail->config.only_count = true; /* config_check says so before */
        if (config->password_file && !read_password(mail))
            mail->config.only_count = true;
    }
    mail->timer = loop_timer_new(config->loop, FIRST_LOOK_MS, false, begin, mail);
    return mail;
}

void mail_free(struct mail *mail)
{
    if (!mail)
        return;
    loop_timer_free(mail->timer);
    multi_free(mail->multi);
    arena_free(mail->arena);
    free(mail);
}
