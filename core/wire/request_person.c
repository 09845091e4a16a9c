#include "core/wire/request_person.h"

#include "core/wire/wire.h"

/* In a merge-patch null clears; a new person simply does not have what is empty. */
static void put(json_t *object, const struct request_person *person, const char *name,
                const char *value)
{
    if (!value || (person->distributor && !*value))
        return;
    json_object_set_new(object, name, *value ? json_string(value) : json_null());
}

const char *request_person_write(struct arena *arena, const struct request_person *person,
                                 size_t *len)
{
    json_t *object = json_object();
    put(object, person, "distributor", person->distributor);
    put(object, person, "name", person->name);
    put(object, person, "given_name", person->given_name);
    put(object, person, "family_name", person->family_name);
    put(object, person, "phone", person->phone);
    put(object, person, "email", person->email);
    if (person->clear_address)
        json_object_set_new(object, "address", json_null());
    else if (person->address)
        json_object_set_new(object, "address", wire_address_write(person->address));
    return wire_dump(arena, object, len);
}
