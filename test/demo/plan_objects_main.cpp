// SPDX-License-Identifier: MIT
#include "common/files/read_file.hpp"
#include "operator/codec/json.hpp"
#include "operator/codec/manifest.hpp"
#include "operator/codec/yaml.hpp"
#include "operator/core/instance.hpp"
#include "operator/core/server.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

// plan-objects: prints the objects that the operator would make for a manifest, one JSON object per
// line. Documents of no kind of ours are passed through, so that a whole sample with
// its Secret can be applied from the output.

namespace {

using namespace ha;

int refuse(const std::string& words) {
    std::cerr << "plan-objects: " << words << "\n";
    return 1;
}

bool is_a(const char* kind, const op::value& document) {
    const auto* found = document.find({"kind"});
    return found != nullptr && *found == op::value{kind};
}

// What is asked for beside the manifest.
struct wishes {
    std::string file;
    std::string space;         // instead of the manifest's namespace
    std::string engine_image;  // instead of the manifest's
    std::string storage_class;
    op::plan_settings settings{.update_strategy = "RollingUpdate"};
    bool indented = false;
    bool yaml = false;
    bool as_it_is = false;  // all documents are passed through
};

void print(const op::value& what, const wishes& how) {
    if (how.yaml) {
        std::cout << "---\n" << op::print_yaml(what);
    } else {
        std::cout << op::print_json(what, how.indented ? 2 : -1) << "\n";
    }
}

int print_plan(const op::workload& of, const op::plan& planned, const wishes& how) {
    for (const auto& words : planned.refusals) refuse(words);
    for (const auto& need : planned.secrets)
        std::cerr << "plan-objects: needs Secret " << of.space << "/" << need.name << ": "
                  << need.purpose << "\n";
    for (const auto& one : planned.objects) print(op::marked(one), how);
    return planned.refusals.empty() ? 0 : 1;
}

// What was read, or nothing and the complaints told.
template <class Read>
bool understood(Read& read, const wishes& how) {
    if (!read) {
        for (const auto& words : read.error()) refuse(words);
        return false;
    }
    if (!how.engine_image.empty()) read->image = how.engine_image;
    if (!how.storage_class.empty()) read->storage.class_name = how.storage_class;
    return true;
}

int print_group(const op::value& document, const wishes& how) {
    auto read = op::read_group(document);
    if (!understood(read, how)) return 1;
    return print_plan(*read, op::plan_group(*read, {}, how.settings), how);
}

int print_instance(const op::value& document, const wishes& how) {
    auto read = op::read_instance(document);
    if (!understood(read, how)) return 1;
    return print_plan(*read, op::plan_instance(*read, {}, how.settings), how);
}

// The others of its group are in the same file.
int print_server(const op::value& document,
                 const std::vector<op::value>& beside,
                 const wishes& how) {
    auto read = op::read_server(document, {});
    if (!understood(read, how)) return 1;
    std::vector<op::server> members;
    for (const auto& one : beside) {
        if (!is_a("SqlServer", one) || op::group_named_by(one) != read->ag_name) continue;
        if (auto member = op::read_server(one, {})) members.push_back(std::move(*member));
    }
    op::sort_members(members);
    if (read->ag_name.empty()) members = {*read};
    return print_plan(*read, op::plan_server(*read, members, {}, {}, how.settings), how);
}

int print_document(const op::value& document,
                   const std::vector<op::value>& beside,
                   const wishes& how) {
    if (!how.as_it_is && is_a("SQLServerAvailabilityGroup", document))
        return print_group(document, how);
    if (!how.as_it_is && is_a("SQLServerInstance", document)) return print_instance(document, how);
    if (!how.as_it_is && is_a("SqlServer", document)) return print_server(document, beside, how);
    print(document, how);
    return 0;
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

    auto text = read_file(how.file);
    if (!text) return refuse(text.error().message);
    auto documents = op::read_manifest(*text);
    if (!documents) return refuse(how.file + ": " + documents.error().message);

    int status = 0;
    if (!how.space.empty())
        for (auto& document : *documents) move_to(document, how.space);
    for (const auto& document : *documents) status |= print_document(document, *documents, how);
    return status;
}
