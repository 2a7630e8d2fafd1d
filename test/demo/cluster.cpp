// SPDX-License-Identifier: MIT
#include "test/demo/cluster.hpp"

#include "common/async/supervise.hpp"
#include "common/async/within.hpp"
#include "common/files/read_file.hpp"
#include "common/http/client.hpp"
#include "common/k8s/resources.hpp"
#include "operator/codec/json.hpp"
#include "operator/codec/manifest.hpp"
#include "operator/core/names.hpp"
#include "operator/reconcile/kinds.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <netinet/in.h>
#include <span>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace ha::test::demo {
namespace {

namespace asio = boost::asio;
using node::json;

constexpr duration call_limit = std::chrono::seconds{5};
constexpr duration start_look = std::chrono::milliseconds{20};
constexpr duration engine_limit = std::chrono::seconds{2};
constexpr std::uint16_t engine_admin_port = 1499;
constexpr std::uint16_t probe_port = op::http_port;
constexpr const char* engine_image = "mcr.microsoft.com/mssql/server*";
constexpr const char* supervisor_image = "mssql-ha*";

bool is_group(const op::value& document) {
    const auto* kind = document.find({"kind"});
    return kind != nullptr && *kind == op::value{op::custom_kind_of(op::resource_kind::group).kind};
}

result<std::vector<op::value>> documents_of(const std::string& file) {
    auto text = read_file(file);
    if (!text) return tl::unexpected(text.error());
    return op::read_manifest(*text);
}

std::string joined(const std::vector<std::string>& lines) {
    std::string made;
    for (const auto& line : lines) made += (made.empty() ? "" : "; ") + line;
    return made;
}

// Where a person puts a document of a manifest.
result<k8s::object_name> where(const op::value& document) {
    for (const auto& kind : {k8s::sql_server_groups, k8s::definitions}) {
        auto object = op::to_json(document);
        if (node::text_at(object, "/kind") != kind.kind) continue;
        auto space = kind.namespaced ? node::text_at(object, "/metadata/namespace") : "";
        return k8s::object_name{kind, space, node::text_at(object, "/metadata/name")};
    }
    if (op::kind_of(document) != nullptr) return op::name_of(document);
    return failure(errc::not_found, "the demo's cluster does not know " + op::json_text(document));
}

// Two demos on one machine must not have pods of the same address: whoever can listen at the last
// address of a block has it. -1 when none is free.
int take_address_block(int& socket) {
    for (int block = 16; block < 250; ++block) {
        socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_port = htons(engine_admin_port);
        where.sin_addr.s_addr = htonl((127U << 24U) | (static_cast<unsigned>(block) << 8U) | 255U);
        const auto* address = reinterpret_cast<const sockaddr*>(&where);
        if (::bind(socket, address, sizeof where) == 0 && ::listen(socket, 1) == 0) return block;
        ::close(std::exchange(socket, -1));
    }
    return -1;
}

}  // namespace

programs programs::of_build(const files::path& build) {
    return {build / "test/kubesim/kubesim",
            build / "test/mssqlsim/server/mssqlsim",
            build / "agent/mssql-ha-supervisor",
            build / "operator/mssql-operator"};
}

std::vector<std::string> programs::missing() const {
    std::vector<std::string> made;
    for (const auto& path : {kubesim, engine, supervisor, operator_}) {
        if (access(path.c_str(), X_OK) != 0) made.push_back(path.string());
    }
    return made;
}

cluster::cluster(asio::any_io_executor executor,
                 clock_source& clock,
                 programs with,
                 files::path folder,
                 timeline& events)
    : executor_(executor),
      clock_(clock),
      programs_(std::move(with)),
      folder_(std::move(folder)),
      events_(events) {}

cluster::~cluster() {
    if (own_block_ >= 0) ::close(own_block_);
}

std::vector<std::string> cluster::crashes() const {
    return node_ ? node_->crashes() : std::vector<std::string>{};
}

void cluster::end_all() {
    if (node_) {
        for (const auto& [name, one] : node_->pods()) one->end_now();
    }
    running_operator_.reset();
    kubesim_.reset();
}

// Which process stands for which image, and how each finds its own pod's address on a machine that
// all pods share.
node::image_map cluster::images() const {
    json made;
    made[engine_image]["command"] = {programs_.engine.string(),
                                     "--root",
                                     "{mount:/var/opt/mssql}",
                                     "--name",
                                     "{podName}",
                                     "--address",
                                     "{podIP}",
                                     "--port",
                                     "1433",
                                     "--admin-port",
                                     std::to_string(engine_admin_port),
                                     "--admin-address",
                                     "{podIP}",
                                     "--hosts",
                                     "{hosts}",
                                     "--hadr"};
    made[engine_image]["args"] = false;
    made[engine_image]["env"]["HA_POD"] = "{podName}";
    made[supervisor_image]["command"] = {programs_.supervisor.string()};
    made[supervisor_image]["env"] = {{"MSSQL_HA_ENGINE_ADDRESS", "{podIP}"},
                                     {"MSSQL_HA_LISTEN_ADDRESS", "{podIP}"},
                                     {"MSSQL_HA_PROCESSES", "shared"},
                                     {"MSSQL_HA_PROCESS_FILTER", "environment=HA_POD={podName}"}};
    return node::image_map::read(made).value();
}

asio::awaitable<result<void>> cluster::start() {
    auto api_folder = folder_ / "kubesim";
    files::create_directories(api_folder);
    node::command_line command;
    command.arguments = {programs_.kubesim.string(), "--folder", api_folder.string()};
    if (const char* record = std::getenv("HA_API_RECORD"))
        command.variables["HA_API_RECORD"] = record;
    auto started = node::process::start(executor_, command, (folder_ / "kubesim.log").string());
    if (!started) co_return tl::unexpected(started.error());
    kubesim_ = std::move(*started);

    auto limit = clock_.now() + std::chrono::seconds{20};
    while (!files::exists(api_folder / "ready.json")) {
        if (clock_.now() > limit) {
            co_return failure(errc::timed_out, "kubesim did not start: see " + folder_.string());
        }
        co_await clock_.sleep_for(start_look);
    }
    auto access = node::api_access::open(clock_, api_folder);
    if (!access) co_return tl::unexpected(access.error());
    access_ = std::move(*access);

    images_ = images();
    node::node_settings settings;
    settings.folder = folder_ / "node";
    settings.cluster_ca = access_->ca();
    settings.cluster = access_->cluster();
    settings.restarts_forgotten_after = forgotten_after_;
    block_ = take_address_block(own_block_);
    settings.address_block = block_;
    if (own_block_ < 0) co_return failure(errc::failed, "every block 127.0.x is in use");
    auto tokens = [this](std::string account, json pod) {
        return access_->token_for(std::move(account), std::move(pod));
    };
    auto tell = [this](std::string words) { events_.note("node", words); };
    node_ = std::make_unique<node::node>(
        executor_, clock_, access_->api(), access_->plain(), images_, settings, tokens, tell);
    auto on_end = [](std::string_view name, std::string_view why) {
        std::cerr << "demo: " << name << " ended: " << why << std::endl;
        std::_Exit(1);
    };
    supervise(executor_, "node", node_->run(), on_end);
    co_return result<void>{};
}

asio::awaitable<result<void>> cluster::put(op::value document) {
    auto object = op::to_json(document);
    auto which = where(document);
    if (!which) co_return tl::unexpected(which.error());
    std::string manager = "kubectl";
    auto made = co_await api().apply(*which, object, manager, false, call_limit);
    if (made) co_return result<void>{};
    co_return failure(errc::refused, made.error().words());
}

// The rules of that file of the chart, for the operator's account in the whole cluster.
asio::awaitable<result<void>> cluster::grant(std::string rules) {
    auto read = documents_of(RULES_FOLDER + rules + ".yaml");
    if (!read) co_return tl::unexpected(read.error());
    std::string rbac = "rbac.authorization.k8s.io";
    k8s::resource roles{rbac, "v1", "clusterroles", "ClusterRole", false};
    k8s::resource bindings{rbac, "v1", "clusterrolebindings", "ClusterRoleBinding", false};
    json role{{"metadata", {{"name", rules}}}, {"rules", op::to_json(read->front())}};
    json subject{{"kind", "ServiceAccount"}, {"name", "mssql-operator"}, {"namespace", "default"}};
    json binding{{"metadata", {{"name", rules}}},
                 {"roleRef", {{"apiGroup", rbac}, {"kind", "ClusterRole"}, {"name", rules}}},
                 {"subjects", json::array({subject})}};
    k8s::object_name all_roles{roles};
    auto made = co_await api().create(std::move(all_roles), std::move(role), call_limit);
    if (!made) co_return failure(errc::refused, made.error().words());
    k8s::object_name all_bindings{bindings};
    auto bound = co_await api().create(std::move(all_bindings), std::move(binding), call_limit);
    if (!bound) co_return failure(errc::refused, bound.error().words());
    co_return result<void>{};
}

asio::awaitable<result<void>> cluster::make_operator_account() {
    for (const auto* name : {"work", "cluster", "handed-on", "lead"}) {
        std::string rules = name;
        auto granted = co_await grant(std::move(rules));
        if (!granted) co_return granted;
    }
    auto account = folder_ / "operator-account";
    files::create_directories(account);
    std::string name = "mssql-operator";
    json none;
    auto token = co_await access_->token_for(std::move(name), std::move(none));
    if (!token) co_return tl::unexpected(token.error());
    std::ofstream{account / "token"} << *token;
    std::ofstream{account / "ca.crt"} << access_->ca();
    std::ofstream{account / "namespace"} << "default";
    co_return result<void>{};
}

asio::awaitable<result<void>> cluster::start_operator() {
    if (running_operator_) co_return result<void>{};
    for (std::string kind : {"sqlserveravailabilitygroups", "sqlserverinstances", "sqlservers"}) {
        auto definition = documents_of(DEFINITIONS_FOLDER + kind + ".yaml");
        if (!definition) co_return tl::unexpected(definition.error());
        auto defined = co_await put(definition->front());
        if (!defined) co_return defined;
    }
    auto known = co_await make_operator_account();
    if (!known) co_return known;
    node::command_line command;
    command.variables = access_->cluster();
    command.arguments = {programs_.operator_.string(),
                         "--kubernetes-folder",
                         (folder_ / "operator-account").string(),
                         "--listen-address",
                         "127.0." + std::to_string(block_) + ".254"};
    auto started = node::process::start(executor_, command, (folder_ / "operator.log").string());
    if (!started) co_return tl::unexpected(started.error());
    running_operator_ = std::move(*started);
    co_return result<void>{};
}

asio::awaitable<result<void>> cluster::wait_for_pods(op::group of) {
    k8s::object_name pods{k8s::stateful_sets, of.space, of.name};
    auto limit = clock_.now() + std::chrono::seconds{20};
    while (clock_.now() < limit) {
        auto found = co_await api().get(pods, call_limit);
        if (found) co_return result<void>{};
        co_await clock_.sleep_for(start_look);
    }
    co_return failure(errc::timed_out, "the operator made no pods: see " + folder_.string());
}

asio::awaitable<result<op::group>> cluster::apply(std::string manifest_file) {
    auto documents = documents_of(manifest_file);
    if (!documents) co_return tl::unexpected(documents.error());
    auto started = co_await start_operator();
    if (!started) co_return tl::unexpected(started.error());
    result<op::group> wanted = failure(errc::not_found, manifest_file + " has no group");
    for (const auto& document : *documents) {
        if (is_group(document)) {
            auto read = op::read_group(document);
            if (!read) co_return failure(errc::malformed, joined(read.error()));
            wanted = *read;
        }
        auto made = co_await put(document);
        if (!made) co_return tl::unexpected(made.error());
    }
    if (!wanted) co_return wanted;
    auto there = co_await wait_for_pods(*wanted);
    if (!there) co_return tl::unexpected(there.error());
    co_return wanted;
}

asio::awaitable<std::string> cluster::converse(std::string address, std::string command) {
    transport::endpoint where{address, engine_admin_port, {}};
    auto stream = co_await access_->plain().dial(where);
    if (!stream) co_return "";
    command += "\n";
    auto bytes = std::as_bytes(std::span{command});
    auto wrote = co_await (*stream)->write(bytes);
    std::string said;
    while (wrote && said.find('\n') == std::string::npos) {
        std::array<std::byte, 512> block{};
        std::span<std::byte> into{block};
        auto got = co_await (*stream)->read_some(into);
        if (!got || *got == 0) break;
        for (std::size_t i = 0; i < *got; ++i) said.push_back(static_cast<char>(block[i]));
    }
    (*stream)->close();
    co_return said.substr(0, said.find('\n'));
}

asio::awaitable<std::string> cluster::ask_engine(std::string address, std::string command) {
    try {
        auto talk = converse(std::move(address), std::move(command));
        co_return co_await within(clock_, engine_limit, std::move(talk));
    } catch (const boost::system::system_error& trouble) {
        if (trouble.code() != asio::error::timed_out) throw;
    }
    co_return "";
}

asio::awaitable<json> cluster::status_of(std::string address) {
    transport::endpoint where{address, probe_port, {}};
    auto client = http::make_client(clock_, access_->plain(), where);
    http::request question;
    question.target = "/status";
    auto answer = co_await client->send(question, engine_limit);
    if (!answer || answer->response.status != 200) co_return json{};
    co_return json::parse(answer->response.body, nullptr, false);
}

}  // namespace ha::test::demo
