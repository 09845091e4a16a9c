#include "server/sandbox/fault.h"

#include <string.h>

static const struct fault rows[] = {
    {"429", false, true, ERROR_rate_limit, FATE_ANSWER},
    {"500", false, false, ERROR_api, FATE_ANSWER},
    {"silent", false, true, ERRORS, FATE_SILENT},
    {"forget", true, true, ERRORS, FATE_ANSWER},
    {"slow", true, false, ERRORS, FATE_SLOW},
    {"charged_cut", true, false, ERRORS, FATE_CUT},
    {"charged_silent", true, false, ERRORS, FATE_SILENT},
    {"charged_500", true, false, ERROR_api, FATE_ANSWER},
};

const struct fault *fault_by_kind(const char *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].kind, kind) == 0)
            return &rows[i];
    return NULL;
}

/* A path that ends in $ is meant as a whole. */
static bool path_fits(const char *wanted, const char *path)
{
    size_t len = strlen(wanted);
    if (len && wanted[len - 1] == '$')
        return strlen(path) == len - 1 && strncmp(path, wanted, len - 1) == 0;
    return strncmp(path, wanted, len) == 0;
}

const struct fault *fault_take(struct call *call, const char *method, const char *path)
{
    struct faults *faults = call->sandbox->faults;
    bool fits = faults->fault && faults->count > 0 && strncmp(path, "/v1/", 4) == 0 &&
                (!faults->method[0] || strcmp(faults->method, method) == 0) &&
                path_fits(faults->path, path);
    if (!fits)
        return NULL;
    faults->count--;
    return faults->fault;
}

void fault_apply(struct call *call, const struct fault *fault)
{
    call->fate = fault->fate;
    call->undone |= fault->undone;
    if (fault->say != ERRORS) {
        call->status = 0; /* whatever came of it */
        call_refuse(call, fault->say, NULL);
    }
}
