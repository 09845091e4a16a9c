#include "server/auth/hasher.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "server/auth/password.h"
#include "server/auth/secret.h"
#include "server/net/metrics.h"

struct job {
    struct job *next;
    void (*done)(void *arg, bool ok, const char *new_hash);
    void *arg;
    bool ok, has_phc, has_new_hash;
    char phc[PASSWORD_HASH], new_hash[PASSWORD_HASH];
    size_t size; /* of all this, password included */
    char password[];
};

struct jobs {
    struct job *first, **last;
    size_t count;
};

/* Finished jobs come back over an eventfd of the hasher's own and not by loop_post: what is posted
 * cannot be taken back, and hasher_free has to. */
struct hasher {
    pthread_mutex_t lock; /* guards the members down to `stopping` */
    pthread_cond_t work;
    struct jobs waiting, finished;
    bool stopping;
    size_t queue;
    int finished_fd;
    struct loop_watch *watch;
    int nthreads;
    pthread_t threads[];
};

static void *memory_or_abort(size_t size)
{
    void *p = calloc(1, size);
    if (!p)
        abort();
    return p;
}

/* ---- a list of jobs
 * ----------------------------------------------------------------------------*/

static void jobs_clear(struct jobs *jobs)
{
    *jobs = (struct jobs){.last = &jobs->first};
}

static void jobs_add(struct jobs *jobs, struct job *job)
{
    job->next = NULL;
    *jobs->last = job;
    jobs->last = &job->next;
    jobs->count++;
}

static struct job *jobs_take(struct jobs *jobs)
{
    struct job *job = jobs->first;
    jobs->first = job->next;
    if (!jobs->first)
        jobs->last = &jobs->first;
    jobs->count--;
    return job;
}

static struct job *job_new(const char *phc, const char *password)
{
    size_t len = strlen(password) + 1, size = sizeof(struct job) + len;
    struct job *job = memory_or_abort(size);
    metric_add(METRIC_hashes_running, 1);
    job->size = size;
    memcpy(job->password, password, len);
    job->has_phc = phc;
    if (phc && strlen(phc) < sizeof job->phc)
        strcpy(job->phc, phc);
    return job;
}

static void job_free(struct job *job)
{
    metric_add(METRIC_hashes_running, -1);
    sodium_memzero(job, job->size);
    free(job);
}

static void jobs_free(struct jobs *jobs)
{
    while (jobs->first)
        job_free(jobs_take(jobs));
}

/* ---- on the threads
 * ----------------------------------------------------------------------------*/

/* libsodium answers -1 for a wrong password and for want of memory alike. The latter must not be
 * taken for the former: it aborts, as everywhere, and the worker is started again. */
static bool has_succeeded(int result)
{
    if (result != 0 && errno == ENOMEM)
        abort();
    return result == 0;
}

/* The very computation that a check makes, with nothing to compare to. */
static void hash_for_nothing(const char *password, size_t len)
{
    static const unsigned char salt[crypto_pwhash_SALTBYTES] = {0};
    unsigned char out[32]; /* as long as crypto_pwhash_str makes it */
    errno = 0;
    has_succeeded(crypto_pwhash(out, sizeof out, password, len, salt, PASSWORD_OPS, PASSWORD_MEMORY,
                                crypto_pwhash_ALG_ARGON2ID13));
    sodium_memzero(out, sizeof out);
}

static void job_run(struct job *job)
{
    size_t len = strlen(job->password);
    if (!job->has_phc) {
        hash_for_nothing(job->password, len);
        return;
    }
    errno = 0;
    job->ok = has_succeeded(crypto_pwhash_str_verify(job->phc, job->password, len));
    if (job->ok && crypto_pwhash_str_needs_rehash(job->phc, PASSWORD_OPS, PASSWORD_MEMORY) != 0)
        job->has_new_hash = password_hash(job->password, job->new_hash);
}

static void finish(struct hasher *hasher, struct job *job)
{
    uint64_t one = 1;
    pthread_mutex_lock(&hasher->lock);
    jobs_add(&hasher->finished, job);
    pthread_mutex_unlock(&hasher->lock);
    /* Only a full counter can fail, and then the loop is awake anyway. */
    ssize_t sent = write(hasher->finished_fd, &one, sizeof one);
    (void)sent;
}

/* The next job, NULL at the end. */
static struct job *next_job(struct hasher *hasher)
{
    pthread_mutex_lock(&hasher->lock);
    while (!hasher->waiting.first && !hasher->stopping)
        pthread_cond_wait(&hasher->work, &hasher->lock);
    struct job *job = hasher->stopping ? NULL : jobs_take(&hasher->waiting);
    pthread_mutex_unlock(&hasher->lock);
    return job;
}

static void *thread_run(void *arg)
{
    struct hasher *hasher = arg;
    for (struct job *job; (job = next_job(hasher));) {
        job_run(job);
        finish(hasher, job);
    }
    return NULL;
}

/* ---- on the loop
 * -------------------------------------------------------------------------------*/

static struct job *take_finished(struct hasher *hasher)
{
    pthread_mutex_lock(&hasher->lock);
    struct job *job = hasher->finished.first ? jobs_take(&hasher->finished) : NULL;
    pthread_mutex_unlock(&hasher->lock);
    return job;
}

/* One job per wake-up: `done` may do anything, even free the hasher. */
static void on_finished(void *arg, int what)
{
    (void)what;
    struct hasher *hasher = arg;
    uint64_t count;
    if (read(hasher->finished_fd, &count, sizeof count) < 0)
        return;
    struct job *job = take_finished(hasher);
    if (!job)
        return;
    job->done(job->arg, job->ok, job->has_new_hash ? job->new_hash : NULL);
    job_free(job);
}

/* Signals are the loop's: the threads must not catch them. */
static void start_threads(struct hasher *hasher, int threads)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; hasher->nthreads < threads; hasher->nthreads++)
        if (pthread_create(&hasher->threads[hasher->nthreads], NULL, thread_run, hasher) != 0)
            abort();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct hasher *hasher_new(struct loop *loop, int threads, size_t queue)
{
    assert(threads > 0 && queue > 0);
    secret_ready();
    struct hasher *hasher =
        memory_or_abort(sizeof *hasher + (size_t)threads * sizeof *hasher->threads);
    pthread_mutex_init(&hasher->lock, NULL);
    pthread_cond_init(&hasher->work, NULL);
    jobs_clear(&hasher->waiting);
    jobs_clear(&hasher->finished);
    hasher->queue = queue;
    /* A semaphore: each read takes one, so that the loop is woken once for each job. */
    hasher->finished_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC | EFD_SEMAPHORE);
    if (hasher->finished_fd < 0)
        abort();
    hasher->watch = loop_watch_new(loop, hasher->finished_fd, LOOP_READ, on_finished, hasher);
    start_threads(hasher, threads);
    return hasher;
}

void hasher_free(struct hasher *hasher)
{
    if (!hasher)
        return;
    pthread_mutex_lock(&hasher->lock);
    hasher->stopping = true;
    pthread_cond_broadcast(&hasher->work);
    pthread_mutex_unlock(&hasher->lock);
    for (int i = 0; i < hasher->nthreads; i++)
        pthread_join(hasher->threads[i], NULL);
    loop_watch_free(hasher->watch);
    close(hasher->finished_fd);
    jobs_free(&hasher->waiting);
    jobs_free(&hasher->finished);
    pthread_cond_destroy(&hasher->work);
    pthread_mutex_destroy(&hasher->lock);
    free(hasher);
}

bool hasher_verify(struct hasher *hasher, const char *phc, const char *password,
                   void (*done)(void *arg, bool ok, const char *new_hash), void *arg)
{
    pthread_mutex_lock(&hasher->lock);
    bool has_room = hasher->waiting.count < hasher->queue;
    if (has_room) {
        struct job *job = job_new(phc, password);
        job->done = done;
        job->arg = arg;
        jobs_add(&hasher->waiting, job);
        pthread_cond_signal(&hasher->work);
    }
    pthread_mutex_unlock(&hasher->lock);
    return has_room;
}

size_t hasher_waiting(struct hasher *hasher)
{
    pthread_mutex_lock(&hasher->lock);
    size_t waiting = hasher->waiting.count;
    pthread_mutex_unlock(&hasher->lock);
    return waiting;
}
