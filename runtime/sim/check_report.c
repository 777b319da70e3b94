/* SPDX-License-Identifier: MIT
 *
 * Findings: collected per workgroup, sorted and merged when the launch ends, so that they do not depend on host
 * threads.
 */
#include "check_state.h"
#include "source_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *check_text(const struct sim_wave *wave, const struct sim_inst *inst, char *text, size_t size) {
    char line[200];
    if (!inst) {
        snprintf(text, size, "(before the kernel)");
        return text;
    }
    sim_program_text(wave->wg->launch->program, inst->offset, line, sizeof line);
    const struct sim_kernel *kernel = wave->wg->launch->kernel;
    char source[120];
    bool known = sim_source_line(kernel ? kernel->object : NULL, inst->offset, source, sizeof source);
    snprintf(text, size, "%s at +0x%x%s%s%s", line, inst->offset, known ? " (" : "", source, known ? ")" : "");
    return text;
}

bool check_already_reported(const struct sim_wave *wave, const struct sim_inst *inst, enum check_kind kind) {
    const struct check_workgroup *group = check_group(wave);
    if (group->num_findings == CHECK_MAX_FINDINGS)
        return true;
    for (unsigned i = 0; i < group->num_findings; i++)
        if (group->findings[i].kind == kind && group->findings[i].offset == inst->offset)
            return true;
    return false;
}

void check_report(struct sim_wave *wave, const struct sim_inst *inst, enum check_kind kind, const char *format, ...) {
    struct check_workgroup *group = check_group(wave);
    if (check_already_reported(wave, inst, kind))
        return;
    char detail[640], place[240], text[1200];
    va_list list;
    va_start(list, format);
    vsnprintf(detail, sizeof detail, format, list);
    va_end(list);
    snprintf(text, sizeof text, "%s\n  kernel %s, instruction %s\n  workgroup (%u, %u, %u), wave %u of %u\n", detail,
             wave->wg->launch->kernel_name, check_text(wave, inst, place, sizeof place), wave->wg->id[0],
             wave->wg->id[1], wave->wg->id[2], wave->index, wave->wg->num_waves);
    struct check_finding *finding = &group->findings[group->num_findings];
    *finding = (struct check_finding){.kind = (uint8_t)kind,
                                      .offset = inst->offset,
                                      .workgroup = wave->wg->linear_id,
                                      .sequence = group->num_findings,
                                      .text = strdup(text)};
    if (finding->text)
        group->num_findings++;
}

void check_describe_origin(const struct sim_wave *wave, unsigned origin, char *text, size_t size) {
    const struct check_origin *from = &check_of(wave)->origins[origin % CHECK_ORIGINS];
    char place[240];
    switch (from->what) {
    case 1:
        snprintf(text, size, "uninitialised LDS, byte 0x%llx, read by %s", (unsigned long long)from->address,
                 check_text(wave, from->inst, place, sizeof place));
        break;
    case 2: {
        char where[200];
        sim_memory_describe(wave->wg->launch->memory, from->address, where, sizeof where);
        snprintf(text, size, "uninitialised memory at 0x%llx (%s), read by %s", (unsigned long long)from->address,
                 where, check_text(wave, from->inst, place, sizeof place));
        break;
    }
    case 3:
        snprintf(text, size, "uninitialised scratch, byte 0x%llx of the lane, read by %s",
                 (unsigned long long)from->address, check_text(wave, from->inst, place, sizeof place));
        break;
    default: {
        bool scalar = from->reg >= CHECK_ROWS;
        const char *bank = scalar ? "s" : from->reg >= 256 ? "a" : "v";
        unsigned number = scalar ? from->reg - CHECK_ROWS : from->reg % 256;
        snprintf(text, size, "register %s%u, which nothing has written, first read by %s", bank, number,
                 check_text(wave, from->inst, place, sizeof place));
    }
    }
}

void check_collect(struct sim_workgroup *wg) {
    struct check_workgroup *group = wg->check;
    struct check_launch *check = wg->launch->mode_state;
    pthread_mutex_lock(&check->lock);
    for (unsigned i = 0; i < group->num_findings; i++) {
        if (check->num_findings == check->capacity) {
            unsigned larger = check->capacity ? 2 * check->capacity : 64;
            void *moved = realloc(check->findings, larger * sizeof *check->findings);
            if (moved) {
                check->findings = moved;
                check->capacity = larger;
            }
        }
        if (check->num_findings == check->capacity)
            free(group->findings[i].text);
        else
            check->findings[check->num_findings++] = group->findings[i];
    }
    pthread_mutex_unlock(&check->lock);
}

/* Faults have consequences: waves that passed different numbers of barriers race, a race reads what is still to be
 * written or never was, and so does a missing wait. Only the cause is reported; what has another cause shows once it is
 * mended. */
static bool is_consequence(unsigned kinds, unsigned kind) {
    const unsigned races = 1u << CHECK_LDS_RACE | 1u << CHECK_MEMORY_RACE;
    const unsigned waits = 1u << CHECK_REGISTER_PENDING | 1u << CHECK_LDS_PENDING;
    if (kinds & 1u << CHECK_DIVERGENCE)
        return kind != CHECK_DIVERGENCE;
    if (kind == CHECK_UNDEFINED)
        return kinds & (races | waits);
    return kind == CHECK_LDS_PENDING && kinds & 1u << CHECK_LDS_RACE;
}

static int by_place(const void *left, const void *right) {
    const struct check_finding *a = left, *b = right;
    if (a->workgroup != b->workgroup)
        return a->workgroup < b->workgroup ? -1 : 1;
    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

/* One report per kind and instruction: that of the first workgroup, with the number of workgroups that share it. */
void check_publish(struct sim_launch *launch) {
    struct check_launch *check = launch->mode_state;
    launch->findings = calloc(check->num_findings + 1, sizeof *launch->findings);
    if (check->num_findings)
        qsort(check->findings, check->num_findings, sizeof *check->findings, by_place);
    /* Workgroups behind the one that faulted were stopped anywhere: what they had found by then is chance. */
    while (check->num_findings && check->findings[check->num_findings - 1].workgroup > atomic_load(&launch->faulted_at))
        free(check->findings[--check->num_findings].text);
    unsigned kinds = 0;
    for (unsigned i = 0; i < check->num_findings; i++)
        kinds |= 1u << check->findings[i].kind;
    for (unsigned i = 0; i < check->num_findings; i++)
        if (is_consequence(kinds, check->findings[i].kind)) {
            free(check->findings[i].text);
            check->findings[i].text = NULL;
        }
    for (unsigned i = 0; i < check->num_findings; i++) {
        struct check_finding *finding = &check->findings[i];
        if (!finding->text)
            continue;
        unsigned more = 0;
        for (unsigned j = i + 1; j < check->num_findings; j++) {
            struct check_finding *other = &check->findings[j];
            if (other->text && other->kind == finding->kind && other->offset == finding->offset) {
                free(other->text);
                other->text = NULL;
                more++;
            }
        }
        if (!launch->findings || launch->num_findings == CHECK_MAX_FINDINGS) {
            free(finding->text);
            continue;
        }
        char *text = finding->text;
        if (more) {
            size_t size = strlen(text) + 64;
            char *longer = malloc(size);
            if (longer) {
                snprintf(longer, size, "%s  and in %u more workgroups\n", text, more);
                free(text);
                text = longer;
            }
        }
        launch->findings[launch->num_findings++] = text;
    }
    free(check->findings);
    check->findings = NULL;
}
