// SPDX-License-Identifier: MIT
#include "agent/core/orders.hpp"
#include "agent/core/reasons.hpp"
#include "test/support/catch.hpp"
#include "test/support/golden.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

// The table that the code decides by, as a page: what /explain and the log name is what stands
// here.

namespace {

std::string rows_of(const observation& seen) {
    std::string text;
    for (const auto& one : explain(seen))
        text += "| `" + std::string(one.code) + "` | " + (goes_on_in_pause(one.code) ? "•" : "") +
                " | " + std::string(one.sentence) + " |\n";
    return text;
}

std::string page() {
    std::string text =
        "# The decision table\n\n"
        "Written from the code by its unit test; not to be edited. A supervisor goes through the "
        "rows from the top;\nthe first that holds gives the next action. `/explain` shows which "
        "rows hold now, and the log names the row\nof each action (`row`).\n\n"
        "Rows with a dot go on acting while the group is paused.\n\n"
        "| row | | what it means |\n| --- | --- | --- |\n";
    story told;
    text += rows_of(told.seen);
    told.seen.spec.cluster = told.seen.engine.last->group->cluster = cluster_type::none;
    text +=
        "\n## Groups without a cluster\n\nInstead of all these rows, where clusterType is NONE "
        "([read-scale](read-scale.md)).\n\n"
        "| row | | what it means |\n| --- | --- | --- |\n" +
        rows_of(told.seen);
    text +=
        "\n## Reasons\n\nEvery no carries at least one of these, in answers, Events and status.\n\n"
        "| reason | sentence |\n| --- | --- |\n";
    for (auto code : reason::codes())
        text += "| `" + std::string(code) + "` | " + std::string(reason::sentence(code)) + " |\n";
    return text;
}

}  // namespace

TEST_CASE("the page of the decision table is the one in the documents") {
    REQUIRE(differs_from_golden("../../docs/decision-table.md", page()) == "");
}
