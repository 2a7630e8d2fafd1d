// SPDX-License-Identifier: MIT
#include "test/contract/samples.hpp"
#include "test/contract/visit.hpp"

namespace ha::contract {
namespace {

using json = nlohmann::json;

const std::string path = "/apis/coordination.k8s.io/v1/namespaces/{space}/leases";

json lease(const json& spec) {
    return {{"apiVersion", "coordination.k8s.io/v1"},
            {"kind", "Lease"},
            {"metadata", {{"name", "ag1"}}},
            {"spec", spec}};
}

void refused(visit& at, const json& spec, int status) {
    at.expect_status(at.ask_code("POST", path, lease(spec)), status);
}

void explained(visit& at, const json& spec) {
    at.expect_status(at.ask("POST", path, lease(spec)), 422);
}

// Two who saw the same lease: the first write wins, the second is told.
void contended(visit& at) {
    auto seen = at.prepare("POST", path, lease({{"holderIdentity", "a"}})).body;
    auto first = seen;
    first["spec"]["holderIdentity"] = "b";
    auto second = seen;
    second["spec"]["holderIdentity"] = "c";
    at.expect_status(at.ask("PUT", path + "/ag1", first), 200);
    at.expect_status(at.ask("PUT", path + "/ag1", second), 409);
    auto left = at.ask("GET", path + "/ag1");
    at.expect(left.body["spec"]["holderIdentity"] == "b", "the first writer holds it");
}

void renewed(visit& at) {
    auto seen = at.prepare("POST", path, lease({{"holderIdentity", "a"}})).body;
    seen["spec"]["renewTime"] = "2026-01-01T00:00:00.123456Z";
    auto renewed = at.ask("PUT", path + "/ag1", seen);
    at.expect(renewed.body["spec"]["renewTime"] == "2026-01-01T00:00:00.123456Z",
              "the six decimals are kept");
    at.expect(renewed.body["metadata"]["resourceVersion"] != seen["metadata"]["resourceVersion"],
              "the version changes");
}

void released(visit& at) {
    at.prepare("POST", path, lease({{"holderIdentity", "a"}, {"leaseDurationSeconds", 15}}));
    json release = {{"spec", {{"holderIdentity", ""}, {"leaseDurationSeconds", 1}}}};
    at.expect_status(at.merge(path + "/ag1", release), 200);
    at.expect_status(at.merge(path + "/ag1", {{"spec", {{"holderIdentity", nullptr}}}}), 200);
}

void annotated(visit& at) {
    at.prepare("POST", path, lease({{"holderIdentity", "a"}}));
    json wish = {{"metadata", {{"annotations", {{"mssql-ha.io/target", "db-1"}}}}}};
    at.expect_status(at.merge(path + "/ag1", wish), 200);
}

void empty(visit& at) {
    at.expect_status(at.ask("POST", path, lease(json::object())), 201);
}

}  // namespace

std::vector<check> checks_of_leases() {
    auto one = [](const char* name, const char* verb, const char* what, auto run) {
        return check{std::string{"lease."} + name, "Lease", verb, what, run};
    };
    return {
        one("contended", "update", "of two who saw the same version one wins", contended),
        one("renewed", "update", "renewTime is kept to the microsecond", renewed),
        one("released", "patch", "an empty holder, and none at all", released),
        one("annotated", "patch", "a wish is an annotation", annotated),
        one("empty", "create", "a lease nobody holds yet", empty),
        one("time.seconds",
            "create",
            "400: renewTime without decimals",
            [](visit& at) { refused(at, {{"renewTime", "2026-01-01T00:00:00Z"}}, 400); }),
        one("time.milliseconds",
            "create",
            "400: renewTime with three decimals",
            [](visit& at) { refused(at, {{"renewTime", "2026-01-01T00:00:00.123Z"}}, 400); }),
        one("time.words",
            "create",
            "400: renewTime that is no time",
            [](visit& at) { refused(at, {{"renewTime", "yesterday"}}, 400); }),
        one("type.duration",
            "create",
            "400: a duration that is a string",
            [](visit& at) { refused(at, {{"leaseDurationSeconds", "15"}}, 400); }),
        one("type.holder",
            "create",
            "400: a holder that is a number",
            [](visit& at) { refused(at, {{"holderIdentity", 7}}, 400); }),
        one("duration.zero",
            "create",
            "422: a duration of nothing",
            [](visit& at) { explained(at, {{"leaseDurationSeconds", 0}}); }),
        one("transitions.negative",
            "create",
            "422: fewer than no transitions",
            [](visit& at) { explained(at, {{"leaseTransitions", -1}}); }),
    };
}

}  // namespace ha::contract
