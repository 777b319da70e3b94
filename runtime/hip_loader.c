/* SPDX-License-Identifier: MIT */
#include "hip_loader.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* Installed tools live in bindir and link the static library: how to get from there to libdir. */
#ifndef PAGODA_BINDIR_TO_LIBDIR
#define PAGODA_BINDIR_TO_LIBDIR "../lib"
#endif

#define SIMULATOR "libpagoda_sim.so"
#define SIMULATOR_MARK "pagoda_sim_version"

/* Names of the real runtime, newest ABI first; the unversioned one belongs to development packages and wheels. */
static const char *const hip_names[] = {"libamdhip64.so", "libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5"};
enum { NUM_HIP_NAMES = sizeof hip_names / sizeof hip_names[0] };

/* Where the simulator may lie, from the folder of the file that holds this code: beside an installed or built library,
 * in the build folder from a tool or a test that links the static one, in libdir from an installed tool. */
static const char *const simulator_places[] = {
    "", "sim/", "../runtime/sim/", "../../runtime/sim/", PAGODA_BINDIR_TO_LIBDIR "/",
};
enum { NUM_SIMULATOR_PLACES = sizeof simulator_places / sizeof simulator_places[0] };

/* dlsym returns an object pointer; POSIX makes the conversion defined, ISO C has no spelling for it but this. */
static void set_function(void *function, void *symbol) {
    memcpy(function, &symbol, sizeof symbol);
}

static bool resolve(struct pagoda_hip *hip, struct pagoda_text *why) {
    bool complete = true;
#define X(type, name, parameters)                                    \
    set_function(&hip->name, dlsym(hip->library, "hip" #name));      \
    if (hip->name == NULL && complete) {                             \
        pagoda_text_add(why, "%s has no hip" #name "; ", hip->path); \
        complete = false;                                            \
    }
    PAGODA_HIP_REQUIRED(X)
#undef X
#define X(type, name, parameters) set_function(&hip->name, dlsym(hip->library, "hip" #name));
    PAGODA_HIP_OPTIONAL(X)
#undef X
    if (complete && hip->GetDeviceProperties == NULL && hip->GetDevicePropertiesR0600 == NULL) {
        pagoda_text_add(why, "%s has no hipGetDeviceProperties; ", hip->path);
        complete = false;
    }
    hip->is_simulator = dlsym(hip->library, SIMULATOR_MARK) != NULL;
    return complete;
}

/* The arch of a device, "gfx942" of "gfx942:sramecc+:xnack-". A HIP error, or 0. */
static int read_arch(const struct pagoda_hip *hip, int device, char arch[PAGODA_HIP_ARCH_NAME_SIZE]) {
    /* Twice the size that is known, in case a later HIP appends members. */
    _Alignas(16) char properties[2 * PAGODA_HIP_PROPERTIES_R0600_SIZE] = {0};
    /* HIP 6 still exports the old name with the old layout, so either is right with its own offset. */
    const bool r0600 = hip->GetDevicePropertiesR0600 != NULL;
    const int error =
        r0600 ? hip->GetDevicePropertiesR0600(properties, device) : hip->GetDeviceProperties(properties, device);
    const char *name =
        properties + (r0600 ? PAGODA_HIP_PROPERTIES_R0600_ARCH_OFFSET : PAGODA_HIP_PROPERTIES_ARCH_OFFSET);
    const size_t length = strnlen(name, PAGODA_HIP_ARCH_NAME_SIZE - 1);
    const char *colon = memchr(name, ':', length);
    const size_t kept = colon != NULL ? (size_t)(colon - name) : length;
    memcpy(arch, name, kept);
    arch[kept] = '\0';
    return error;
}

struct search {
    struct pagoda_hip *hip;
    const struct pagoda_hip_wish *wish;
    int *device;
    char *arch;
    size_t arch_size;
    struct pagoda_text *why;
    pagoda_status status; /* of the search so far */
    bool is_over;         /* no further library is to be tried */
};

static void note_hip_error(struct search *search, const char *call, int error) {
    const struct pagoda_hip *hip = search->hip;
    pagoda_text_add(search->why, "%s: %s failed: %s (%d); ", hip->path, call, hip->GetErrorString(error), error);
    if (error != PAGODA_HIP_ERROR_NO_DEVICE)
        search->status = PAGODA_ERROR_HIP;
}

static bool find_device(struct search *search) {
    const struct pagoda_hip *hip = search->hip;
    const struct pagoda_hip_wish *wish = search->wish;
    int count = 0;
    int error = hip->GetDeviceCount(&count);
    if (error != PAGODA_HIP_SUCCESS) {
        note_hip_error(search, "hipGetDeviceCount", error);
        return false;
    }
    if (count <= 0) {
        pagoda_text_add(search->why, "%s has no device; ", hip->path);
        return false;
    }
    if (wish->has_device && wish->device >= count) {
        pagoda_text_add(search->why, "%s has no device %d, only 0 to %d; ", hip->path, wish->device, count - 1);
        /* A machine with GPUs whose ordinal was mistyped must not go on to the simulator. */
        search->is_over = true;
        return false;
    }
    const int first = wish->has_device ? wish->device : 0;
    const int last = wish->has_device ? wish->device : count - 1;
    for (int device = first; device <= last; device++) {
        char arch[PAGODA_HIP_ARCH_NAME_SIZE];
        error = read_arch(hip, device, arch);
        if (error != PAGODA_HIP_SUCCESS) {
            note_hip_error(search, "hipGetDeviceProperties", error);
            return false;
        }
        if (wish->arch != NULL ? strcmp(arch, wish->arch) == 0 : wish->is_arch(arch)) {
            *search->device = device;
            snprintf(search->arch, search->arch_size, "%s", arch);
            return true;
        }
        pagoda_text_add(search->why, "%s: device %d is %s%s%s; ", hip->path, device, arch,
                        wish->arch != NULL ? ", not " : ", for which there are no kernels",
                        wish->arch != NULL ? wish->arch : "");
    }
    return false;
}

/* Opens one library and looks for the device in it. */
static bool try_library(struct search *search, const char *name, bool simulator_allowed) {
    struct pagoda_hip *hip = search->hip;
    memset(hip, 0, sizeof *hip);
    /* Never unmapped: HIP runtimes keep threads and exit handlers that outlive dlclose. */
    hip->library = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (hip->library == NULL) {
        pagoda_text_add(search->why, "%s; ", dlerror());
        return false;
    }
    snprintf(hip->path, sizeof hip->path, "%s", name);
    void *symbol = dlsym(hip->library, "hipModuleLaunchKernel");
    Dl_info info;
    if (symbol != NULL && dladdr(symbol, &info) != 0 && info.dli_fname != NULL)
        snprintf(hip->path, sizeof hip->path, "%s", info.dli_fname);
    if (resolve(hip, search->why)) {
        if (hip->is_simulator && !simulator_allowed)
            pagoda_text_add(search->why, "%s is the simulator, which RUNTIME_HIP excludes; ", hip->path);
        else if (find_device(search))
            return true;
    }
    pagoda_hip_close(hip);
    return false;
}

static bool is_loaded(const char *name) {
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    if (library != NULL)
        dlclose(library);
    return library != NULL;
}

static bool try_system(struct search *search, bool simulator_allowed) {
    /* The caller's streams and pointers belong to the runtime that the process uses already, so that one comes first.
     */
    void *symbol = dlsym(RTLD_DEFAULT, "hipModuleLaunchKernel");
    Dl_info info;
    if (symbol != NULL && dladdr(symbol, &info) != 0 && info.dli_fname != NULL) {
        if (try_library(search, info.dli_fname, simulator_allowed))
            return true;
        if (search->is_over)
            return false;
    }
    for (int loaded = 1; loaded >= 0; loaded--) {
        for (int i = 0; i < NUM_HIP_NAMES; i++) {
            if (is_loaded(hip_names[i]) != (loaded == 1))
                continue;
            if (try_library(search, hip_names[i], simulator_allowed))
                return true;
            if (search->is_over)
                return false;
        }
    }
    return false;
}

static bool try_simulator(struct search *search) {
    static const char anchor; /* lies in the library or program that holds this code */
    Dl_info info;
    const char *file = dladdr(&anchor, &info) != 0 && info.dli_fname != NULL ? info.dli_fname : "";
    const char *slash = strrchr(file, '/');
    const int folder = slash != NULL ? (int)(slash - file) + 1 : 0;
    for (int i = 0; i < NUM_SIMULATOR_PLACES; i++) {
        char path[1024];
        const int length = snprintf(path, sizeof path, "%.*s%s" SIMULATOR, folder, file, simulator_places[i]);
        if (length < 0 || (size_t)length >= sizeof path || (folder == 0 && i == 0))
            continue;
        FILE *probe = fopen(path, "rb");
        if (probe == NULL)
            continue;
        fclose(probe);
        return try_library(search, path, true);
    }
    return try_library(search, SIMULATOR, true);
}

pagoda_status pagoda_hip_open(struct pagoda_hip *hip, const struct pagoda_hip_wish *wish, int *device, char *arch,
                              size_t arch_size, struct pagoda_text *why) {
    struct search search = {.hip = hip,
                            .wish = wish,
                            .device = device,
                            .arch = arch,
                            .arch_size = arch_size,
                            .why = why,
                            .status = PAGODA_ERROR_NO_DEVICE};
    bool found = false;
    if (wish->library != NULL) {
        found = try_library(&search, wish->library, true);
    } else {
        if (wish->runtime != PAGODA_RUNTIME_SIMULATOR)
            found = try_system(&search, wish->runtime != PAGODA_RUNTIME_HIP);
        if (!found && !search.is_over && wish->runtime != PAGODA_RUNTIME_HIP)
            found = try_simulator(&search);
    }
    return found ? PAGODA_OK : search.status;
}

void pagoda_hip_close(struct pagoda_hip *hip) {
    if (hip->library != NULL)
        dlclose(hip->library);
    memset(hip, 0, sizeof *hip);
}
