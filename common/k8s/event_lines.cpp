// SPDX-License-Identifier: MIT
#include "common/k8s/event_lines.hpp"

#include "common/json/checked.hpp"

#include <nlohmann/json.hpp>

namespace ha::k8s {

namespace {

// An object of Kubernetes is smaller than etcd's limit of 1.5 MiB.
constexpr std::size_t line_bytes_max = 8 * 1024 * 1024;

result<bool> act_on(std::string_view line, const event_lines::document_handler& act) {
    auto parsed = json::parse(line, "an event of the watch");
    if (!parsed) return tl::unexpected(parsed.error());
    json::reader reader(*parsed);
    auto type = reader.root().text("type");
    reader.root().object("object");  // complains when there is none
    if (auto wrong = reader.failure("an event of the watch")) return tl::unexpected(*wrong);
    watch_event seen;
    seen.object = std::make_shared<const nlohmann::json>(std::move(parsed->at("object")));
    return act(type, seen);
}

}  // namespace

result<bool> event_lines::take(std::string_view block, const document_handler& act) {
    while (true) {
        auto end = block.find('\n');
        rest_ += block.substr(0, end);
        if (rest_.size() > line_bytes_max) {
            return ha::failure(errc::too_large, "an event of the watch is too large");
        }
        if (end == std::string_view::npos) return true;
        block.remove_prefix(end + 1);
        auto line = std::exchange(rest_, {});
        if (line.find_first_not_of(" \r\t") == std::string::npos) continue;
        auto more = act_on(line, act);
        if (!more || !*more) return more;
    }
}

}  // namespace ha::k8s
