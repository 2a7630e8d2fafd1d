// SPDX-License-Identifier: MIT
#include "test/integration/kubesim/bench.hpp"

#include "test/integration/mssqlsim/server_process.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace ha::test {

using nlohmann::json;
namespace files = node::files;

namespace {

void pass_on(const char* name, std::map<std::string, std::string>& into) {
    if (const char* value = std::getenv(name)) into[name] = value;
}

}  // namespace

kubesim_bench::kubesim_bench(std::string user) : user_(std::move(user)) {
    char pattern[] = "/tmp/ha-bench-XXXXXX";
    folder_ = ::mkdtemp(pattern);
    for (const auto* name : {"account", "kubesim"}) files::create_directories(folder_ / name);
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
    write("account/ca.crt", access_->ca());
    write("account/namespace", "default");
    give_token("the-first-token");
}

kubesim_bench::~kubesim_bench() {
    kubesim_.reset();
    std::error_code ignored;
    files::remove_all(folder_, ignored);
}

void kubesim_bench::write(const std::string& name, const std::string& text) const {
    // Renamed into place, as the kubelet does it.
    auto fresh = folder_ / (name + ".new");
    std::ofstream{fresh} << text;
    files::rename(fresh, folder_ / name);
}

std::string kubesim_bench::read(const std::string& name) const {
    std::ifstream in{folder_ / name};
    return {std::istreambuf_iterator<char>(in), {}};
}

json kubesim_bench::admin(const std::string& method, const std::string& path, json body) {
    auto came = run(access_->admin(method, path, std::move(body)));
    REQUIRE(came);
    return *came;
}

void kubesim_bench::give_token(const std::string& token) {
    admin("POST", "/tokens", {{"user", user_}, {"token", token}, {"groups", {"system:masters"}}});
    write("account/token", token);
}

void kubesim_bench::end_token() {
    admin("DELETE", "/tokens/" + user_, nullptr);
}

std::unique_ptr<node::process> kubesim_bench::start(std::vector<std::string> arguments,
                                                    const std::string& log) {
    files::remove(folder_ / log);
    node::command_line command;
    command.arguments = std::move(arguments);
    command.variables = variables_;
    auto started = node::process::start(io_.get_executor(), command, (folder_ / log).string());
    REQUIRE(started);
    return std::move(*started);
}

}  // namespace ha::test
