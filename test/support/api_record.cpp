// SPDX-License-Identifier: MIT
#include "test/support/api_record.hpp"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <set>
#include <sstream>
#include <unistd.h>
#include <vector>

namespace ha::test {

namespace {

std::vector<std::string> parts_of(const std::string& target) {
    std::vector<std::string> parts;
    std::istringstream stream{target.substr(0, target.find('?'))};
    for (std::string part; std::getline(stream, part, '/');)
        if (!part.empty()) parts.push_back(part);
    return parts;
}

// The resource, and its subresource, of a path of the API; the path itself otherwise.
std::string resource_of(const std::vector<std::string>& parts, bool& named) {
    std::size_t at = parts.empty() || parts[0] == "api" ? 2 : 3;
    if (parts.size() <= at) return "/" + (parts.empty() ? "" : parts[0]);
    if (parts[at] == "namespaces" && parts.size() > at + 2 && parts[at + 2] != "status") at += 2;
    named = parts.size() > at + 1;
    auto group = at > 2 && parts[0] == "apis" ? "." + parts[1] : "";
    return parts[at] + group + (parts.size() > at + 2 ? "/" + parts[at + 2] : "");
}

std::string verb_of(const http::request& what, bool named) {
    if (what.method == "POST") return "create";
    if (what.method == "PUT") return "update";
    if (what.method == "PATCH") return "patch";
    if (what.method == "DELETE") return named ? "delete" : "deletecollection";
    if (what.target.find("watch=true") != std::string::npos) return "watch";
    return named ? "get" : "list";
}

// One write to a file opened to append is whole, whoever else appends.
void append(const char* file, const std::string& line) {
    int to = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    auto written = to < 0 ? -1 : ::write(to, line.data(), line.size());
    if (to >= 0) ::close(to);
    if (written == static_cast<ssize_t>(line.size())) return;
    std::perror(file);
    std::abort();
}

}  // namespace

std::string coverage_line(const http::request& what, int status) {
    bool named = false;
    auto resource = resource_of(parts_of(what.target), named);
    auto type = what.headers.find("content-type");
    return verb_of(what, named) + " " + resource + " " +
           (type == what.headers.end() ? "-" : type->second) + " " + std::to_string(status);
}

void record_api_use(const http::request& what, int status) {
    static const char* const file = std::getenv("HA_API_RECORD");
    if (file == nullptr || *file == '\0') return;
    static std::set<std::string> written;
    auto [place, fresh] = written.insert(coverage_line(what, status));
    if (fresh) append(file, *place + "\n");
}

}  // namespace ha::test
