// SPDX-License-Identifier: MIT
#include "test/integration/supervisor/bench.hpp"

#include "common/k8s/resources.hpp"
#include "common/transport/certificates.hpp"
#include "test/integration/mssqlsim/server_process.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace ha::test {

namespace {

using nlohmann::json;
namespace files = node::files;

constexpr const char* account = "system:serviceaccount:default:ag";

std::string text_of(const files::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>(in), {}};
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
}

void pass_on(const char* name, std::map<std::string, std::string>& into) {
    if (const char* value = std::getenv(name)) into[name] = value;
}

}  // namespace

supervisor_bench::supervisor_bench(std::string address) : address_(std::move(address)) {
    char pattern[] = "/tmp/ha-says-XXXXXX";
    folder_ = ::mkdtemp(pattern);
    for (const auto* name : {"account", "group-ca", "kubesim"})
        files::create_directories(folder_ / name);
    node::command_line command;
    command.arguments = {KUBESIM_PATH, "--folder", (folder_ / "kubesim").string()};
    pass_on("HA_API_RECORD", command.variables);
    auto started =
        node::process::start(io_.get_executor(), command, (folder_ / "kubesim.log").string());
    REQUIRE(started);
    kubesim_ = std::move(*started);
    bool ready = eventually(std::chrono::seconds{20},
                            [this] { return files::exists(folder_ / "kubesim/ready.json"); });
    REQUIRE(ready);
    auto access = node::api_access::open(clock_, folder_ / "kubesim");
    REQUIRE(access);
    access_ = std::move(*access);
    variables_ = access_->cluster();
    pass_on("ODBCSYSINI", variables_);
    pass_on("ASAN_OPTIONS", variables_);
    auto now = clock_.wall_time();
    auto authority = transport::make_authority(
        "the group's CA", {now - std::chrono::hours{1}, now + std::chrono::hours{24}});
    REQUIRE(authority);
    write("group-ca/ca.crt", authority->certificate);
    write("group-ca/ca.key", authority->key);
    write("account/ca.crt", access_->ca());
    write("account/namespace", "default");
    write("sa-password", sa_password);
    give_token("the-first-token");
    make_objects();
    write_settings();
}

supervisor_bench::~supervisor_bench() {
    running_.reset();
    kubesim_.reset();
    std::error_code ignored;
    files::remove_all(folder_, ignored);
}

void supervisor_bench::make_objects() {
    auto make = [this](const k8s::resource& kind, const std::string& name, const json& more) {
        json object = {{"metadata", {{"name", name}, {"namespace", "default"}}}};
        object.merge_patch(more);
        auto made = run(access_->api().create({kind, "default"}, object, std::chrono::seconds{5}));
        INFO((made ? std::string{} : made.error().words()));
        REQUIRE(made);
    };
    make(k8s::leases, "ag1", {{"spec", json::object()}});
    make(k8s::config_maps, "ag1", json::object());
    make(k8s::config_maps, "ag1-state", json::object());
    make(k8s::pods, "ag-0", {{"spec", {{"containers", {{{"name", "mssql"}, {"image", "i"}}}}}}});
}

void supervisor_bench::write(const std::string& name, const std::string& text) const {
    // Renamed into place, as the kubelet does it.
    auto fresh = folder_ / (name + ".new");
    std::ofstream{fresh} << text;
    files::rename(fresh, folder_ / name);
}

std::string supervisor_bench::read(const std::string& name) const {
    return text_of(folder_ / name);
}

void supervisor_bench::write_settings(const std::string& more) {
    auto at = [this](const char* name) { return (folder_ / name).string(); };
    write("supervisor.yaml",
          "pod: {name: ag-0, uid: uid0}\ngroups: [ag1]\nkubernetes: {folder: " + at("account") +
              "}\nrecordFolder: " + at("record") + "\npeers: {caFolder: " + at("group-ca") +
              "}\nhttp: {address: " + address_ + "}\n" +
              (more.empty() ? "engine: {address: " + address_ +
                                  ", saPasswordFile: " + at("sa-password") + "}\n"
                            : more));
}

json supervisor_bench::admin(const std::string& method, const std::string& path, json body) {
    auto came = run(access_->admin(method, path, std::move(body)));
    REQUIRE(came);
    return *came;
}

void supervisor_bench::give_token(const std::string& token) {
    admin("POST", "/tokens", {{"user", account}, {"token", token}, {"groups", {"system:masters"}}});
    write("account/token", token);
}

void supervisor_bench::end_token() {
    admin("DELETE", std::string{"/tokens/"} + account, nullptr);
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
    files::remove(folder_ / "supervisor.log");
    node::command_line command;
    command.arguments = {SUPERVISOR_PATH, "--config", (folder_ / "supervisor.yaml").string()};
    command.arguments.insert(command.arguments.end(), flags.begin(), flags.end());
    command.variables = variables_;
    auto started =
        node::process::start(io_.get_executor(), command, (folder_ / "supervisor.log").string());
    REQUIRE(started);
    running_ = std::move(*started);
}

std::string supervisor_bench::log() const {
    return text_of(folder_ / "supervisor.log");
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
    replace_all(text, folder_.string(), "/ha");
    replace_all(text, "127.0.0.1:" + std::to_string(access_->port()), "10.96.0.1:443");
    replace_all(text, address_, "127.0.0.1");
    return text;
}

}  // namespace ha::test
