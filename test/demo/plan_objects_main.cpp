// SPDX-License-Identifier: MIT
#include "operator/codec/json.hpp"
#include "operator/codec/manifest.hpp"
#include "operator/core/plan.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <sstream>

// plan-objects: prints the objects that the operator would make for a manifest, one JSON object per
// line. Documents that are no availability group are passed through, so that a whole sample with
// its Secret can be applied from the output.

namespace {

using namespace ha;

int refuse(const std::string& words) {
    std::cerr << "plan-objects: " << words << "\n";
    return 1;
}

bool is_group(const op::value& document) {
    const auto* kind = document.find({"kind"});
    return kind != nullptr && *kind == op::value{"SQLServerAvailabilityGroup"};
}

// What is made once and then left alone says so, for whoever applies the lines.
void print(const op::desired& one, bool indented) {
    auto what = one.what;
    if (one.how == op::upkeep::create_once) {
        auto metadata = *what.find({"metadata"});
        metadata.set("annotations", op::object{{"ha.mssql/upkeep", "create-once"}});
        what.set("metadata", std::move(metadata));
    }
    std::cout << op::print_json(what, indented ? 2 : -1) << "\n";
}

int print_group(const op::value& document, const op::plan_settings& settings, bool indented) {
    auto read = op::read_group(document);
    if (!read) {
        for (const auto& words : read.error()) refuse(words);
        return 1;
    }
    auto planned = op::plan_group(*read, {}, settings);
    for (const auto& words : planned.refusals) refuse(words);
    for (const auto& need : planned.secrets) {
        std::cerr << "plan-objects: needs Secret " << read->space << "/" << need.name << ": "
                  << need.purpose << "\n";
    }
    for (const auto& one : planned.objects) print(one, indented);
    return planned.refusals.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char* argv[]) {
    CLI::App app{"Prints the objects that the operator makes for a manifest, as JSON lines."};
    std::string file;
    op::plan_settings settings;
    bool indented = false;
    app.add_option("manifest", file, "YAML file")->required();
    app.add_option("--supervisor-image", settings.supervisor_image, "image of the sidecar");
    app.add_flag("--indent", indented, "for people: objects over several lines");
    CLI11_PARSE(app, argc, argv);

    std::ifstream in{file};
    if (!in) return refuse("cannot read " + file);
    std::stringstream text;
    text << in.rdbuf();
    auto documents = op::read_manifest(text.str());
    if (!documents) return refuse(file + ": " + documents.error().message);

    int status = 0;
    for (const auto& document : *documents) {
        if (is_group(document)) {
            status |= print_group(document, settings, indented);
        } else {
            print({document}, indented);
        }
    }
    return status;
}
