// SPDX-License-Identifier: MIT
#include "operator/codec/json.hpp"
#include "operator/codec/manifest.hpp"
#include "operator/codec/yaml.hpp"
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

// What is asked for beside the manifest.
struct wishes {
    std::string file;
    std::string space;         // instead of the manifest's namespace
    std::string engine_image;  // instead of the manifest's
    std::string storage_class;
    op::plan_settings settings;
    bool indented = false;
    bool yaml = false;
    bool as_it_is = false;  // groups are passed through, too
};

void print(const op::value& what, const wishes& how) {
    if (how.yaml) {
        std::cout << "---\n" << op::print_yaml(what);
    } else {
        std::cout << op::print_json(what, how.indented ? 2 : -1) << "\n";
    }
}

int print_group(const op::value& document, const wishes& how) {
    auto read = op::read_group(document);
    if (!read) {
        for (const auto& words : read.error()) refuse(words);
        return 1;
    }
    if (!how.engine_image.empty()) read->image = how.engine_image;
    if (!how.storage_class.empty()) read->storage.class_name = how.storage_class;
    auto planned = op::plan_group(*read, {}, how.settings);
    for (const auto& words : planned.refusals) refuse(words);
    for (const auto& need : planned.secrets) {
        std::cerr << "plan-objects: needs Secret " << read->space << "/" << need.name << ": "
                  << need.purpose << "\n";
    }
    for (const auto& one : planned.objects) print(op::marked(one), how);
    return planned.refusals.empty() ? 0 : 1;
}

void move_to(op::value& document, const std::string& space) {
    auto metadata = *document.find({"metadata"});
    metadata.set("namespace", space);
    document.set("metadata", std::move(metadata));
}

}  // namespace

int main(int argc, char* argv[]) {
    CLI::App app{"Prints the objects that the operator makes for a manifest, as JSON lines."};
    wishes how;
    app.add_option("manifest", how.file, "YAML file")->required();
    app.add_option("--namespace", how.space, "instead of the manifest's");
    app.add_option("--supervisor-image", how.settings.supervisor_image, "image of the sidecar");
    app.add_option("--engine-image", how.engine_image, "instead of the manifest's");
    app.add_option("--storage-class", how.storage_class, "of the data volumes");
    app.add_flag("--indent", how.indented, "for people: objects over several lines");
    app.add_flag("--as-it-is", how.as_it_is, "the documents themselves, not what is made of them");
    app.add_flag("--yaml", how.yaml, "for people: YAML documents");
    CLI11_PARSE(app, argc, argv);

    std::ifstream in{how.file};
    if (!in) return refuse("cannot read " + how.file);
    std::stringstream text;
    text << in.rdbuf();
    auto documents = op::read_manifest(text.str());
    if (!documents) return refuse(how.file + ": " + documents.error().message);

    int status = 0;
    for (auto& document : *documents) {
        if (!how.space.empty()) move_to(document, how.space);
        if (is_group(document) && !how.as_it_is) {
            status |= print_group(document, how);
        } else {
            print(document, how);
        }
    }
    return status;
}
