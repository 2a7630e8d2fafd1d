// SPDX-License-Identifier: MIT
#include "test/integration/supervisor/bench.hpp"

#include "common/k8s/resources.hpp"
#include "common/transport/certificates.hpp"
#include "test/integration/mssqlsim/server_process.hpp"

#include <nlohmann/json.hpp>

#include <sstream>

namespace ha::test {

namespace {

using nlohmann::json;
namespace files = node::files;

constexpr const char* account = "system:serviceaccount:default:ag";

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
}

}  // namespace

supervisor_bench::supervisor_bench(std::string address)
    : kubesim_bench(account), address_(std::move(address)) {
    files::create_directories(folder() / "group-ca");
    auto now = clock().wall_time();
    auto authority = transport::make_authority(
        "the group's CA", {now - std::chrono::hours{1}, now + std::chrono::hours{24}});
    REQUIRE(authority);
    write("group-ca/ca.crt", authority->certificate);
    write("group-ca/ca.key", authority->key);
    write("sa-password", sa_password);
    make_objects();
    write_settings();
}

void supervisor_bench::make_objects() {
    auto make = [this](const k8s::resource& kind, const std::string& name, const json& more) {
        json object = {{"metadata", {{"name", name}, {"namespace", "default"}}}};
        object.merge_patch(more);
        auto made = run(access().api().create({kind, "default"}, object, std::chrono::seconds{5}));
        INFO((made ? std::string{} : made.error().words()));
        REQUIRE(made);
    };
    make(k8s::leases, "ag1", {{"spec", json::object()}});
    make(k8s::config_maps, "ag1", json::object());
    make(k8s::config_maps, "ag1-state", json::object());
    make(k8s::pods, "ag-0", {{"spec", {{"containers", {{{"name", "mssql"}, {"image", "i"}}}}}}});
}

void supervisor_bench::write_settings(const std::string& more) {
    auto at = [this](const char* name) { return (folder() / name).string(); };
    write("supervisor.yaml",
          "pod: {name: ag-0, uid: uid0}\ngroups: [ag1]\nkubernetes: {folder: " + at("account") +
              "}\nrecordFolder: " + at("record") + "\npeers: {caFolder: " + at("group-ca") +
              "}\nhttp: {address: " + address_ + "}\n" +
              (more.empty() ? "engine: {address: " + address_ +
                                  ", saPasswordFile: " + at("sa-password") + "}\n"
                            : more));
}

void supervisor_bench::restart_api() {
    admin("POST", "/outage", nullptr);
    admin("DELETE", "/outage", nullptr);
}

std::string supervisor_bench::said_by(std::vector<std::string> flags) {
    start(std::move(flags));
    auto ended = run(running_->wait());
    auto text = log();
    running_.reset();
    return text + "exit code " + std::to_string(ended.code) + "\n";
}

void supervisor_bench::start(std::vector<std::string> flags) {
    running_.reset();
    std::vector<std::string> arguments{
        SUPERVISOR_PATH, "--config", (folder() / "supervisor.yaml").string()};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    running_ = kubesim_bench::start(std::move(arguments), "supervisor.log");
}

std::string supervisor_bench::log() const {
    return read("supervisor.log");
}

std::string supervisor_bench::wait_for(const std::string& words, const std::string& beside) {
    std::string found;
    auto came = [&] {
        std::istringstream lines{log()};
        while (std::getline(lines, found)) {
            bool both =
                found.find(words) != std::string::npos && found.find(beside) != std::string::npos;
            if (both) return true;
        }
        return false;
    };
    return eventually(std::chrono::seconds{60}, came) ? found : std::string{};
}

std::string supervisor_bench::neutral(std::string text) const {
    replace_all(text, folder().string(), "/ha");
    replace_all(text, "127.0.0.1:" + std::to_string(access().port()), "10.96.0.1:443");
    replace_all(text, address_, "127.0.0.1");
    return text;
}

}  // namespace ha::test
