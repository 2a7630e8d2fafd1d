// SPDX-License-Identifier: MIT
#include "common/config/tree.hpp"
#include "common/files/read_file.hpp"
#include "common/json/checked.hpp"
#include "common/k8s/credentials.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <optional>

namespace ha::k8s {

namespace {

// The item of a list of {name, KIND: {...}} that has this name; complains when there is none.
json::view named(const json::view& root,
                 std::string_view list,
                 std::string_view kind,
                 const std::string& name) {
    for (auto& one : root.items(list)) {
        if (one.text("name") == name) return one.object(kind);
    }
    root.complain(std::string(list) + " has no '" + name + "'");
    return root.optional_object("no such place");
}

// Nothing when it is no base64.
std::optional<std::string> decoded(std::string_view text) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    std::uint32_t bits = 0;
    int count = 0;
    for (char each : text) {
        if (each == '=' || each == '\n' || each == '\r') continue;
        auto value = letters.find(each);
        if (value == std::string_view::npos) return {};
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xffU);
    }
    return bytes;
}

// From YAML it may come as text.
bool is_true(const json::view& place, const char* key) {
    if (!place.has(key)) return false;
    auto& value = place.raw()->at(key);
    return value == true || value == "true";
}

class reading {
public:
    reading(clock_source& clock, json::view root, const kubeconfig_place& place)
        : clock_(clock), root_(root), place_(place) {}

    access all() {
        auto name = place_.context.empty() ? root_.text("current-context") : place_.context;
        auto context = named(root_, "contexts", "context", name);
        auto cluster = named(root_, "clusters", "cluster", context.text("cluster"));
        auto user = named(root_, "users", "user", context.text("user"));
        access how;
        how.space = context.text_or("namespace", "default");
        bool secure = server(cluster, how.where);
        how.tokens = tokens(user);
        if (secure) how.credentials = credentials(cluster, user);
        return how;
    }

private:
    // Whether it is https.
    bool server(const json::view& cluster, transport::endpoint& where) const {
        auto url = cluster.text("server");
        bool secure = url.starts_with("https://");
        auto begin = secure ? 8U : 7U;
        if (!secure && !url.starts_with("http://")) {
            cluster.complain("server: '" + url + "' is no http or https address");
            return secure;
        }
        auto rest = url.substr(begin);
        while (rest.ends_with('/')) rest.pop_back();
        if (rest.find('/') != std::string::npos) {
            cluster.complain("server: '" + url + "' has a path, which we do not support");
        }
        host_and_port(cluster, rest, secure ? 443 : 80, where);
        where.server_name = cluster.text_or("tls-server-name", where.server_name);
        return secure;
    }

    static void host_and_port(const json::view& cluster,
                              const std::string& text,
                              std::uint16_t standard,
                              transport::endpoint& where) {
        auto colon = text.find(':', text.find(']') == std::string::npos ? 0 : text.find(']'));
        where.host = text.substr(0, colon);
        where.port = standard;
        if (where.host.starts_with('[')) where.host = where.host.substr(1, where.host.size() - 2);
        if (colon != std::string::npos) {
            auto digits = text.substr(colon + 1);
            auto end = digits.data() + digits.size();
            auto read = std::from_chars(digits.data(), end, where.port);
            bool good = read.ec == std::errc{} && read.ptr == end && where.port != 0;
            if (!good) cluster.complain("server: a wrong port");
        }
        if (where.host == "localhost") {
            where.host = "127.0.0.1";
            where.server_name = "localhost";
        }
        if (where.host.find_first_not_of("0123456789.") != std::string::npos &&
            where.host.find(':') == std::string::npos) {
            cluster.complain("server: '" + where.host +
                             "' is a name, and names are not resolved: give the address, and the "
                             "name as tls-server-name");
        }
    }

    std::shared_ptr<token_source> tokens(const json::view& user) const {
        if (user.has("exec") || user.has("auth-provider")) {
            user.complain("exec plugins are not supported: use a token or a certificate");
        }
        if (auto path = user.optional_text("tokenFile")) return token_file(clock_, file(*path));
        auto token = user.optional_text("token");
        return token ? fixed_token(*token) : nullptr;
    }

    std::shared_ptr<transport::credential_source> credentials(const json::view& cluster,
                                                              const json::view& user) const {
        if (is_true(cluster, "insecure-skip-tls-verify")) {
            cluster.complain("insecure-skip-tls-verify is not supported: give the CA");
        }
        transport::credential_paths files{path_at(cluster, "certificate-authority"),
                                          path_at(user, "client-certificate"),
                                          path_at(user, "client-key")};
        transport::tls_credentials texts{data_at(cluster, "certificate-authority-data"),
                                         data_at(user, "client-certificate-data"),
                                         data_at(user, "client-key-data")};
        if (texts == transport::tls_credentials{}) return transport::credential_files(files);
        // Files beside texts are read once: they belong to texts that do not change.
        if (texts.trusted.empty()) texts.trusted = read(cluster, files.trusted);
        if (texts.certificate.empty()) texts.certificate = read(user, files.certificate);
        if (texts.key.empty()) texts.key = read(user, files.key);
        return transport::fixed_credentials(std::move(texts));
    }

    std::string path_at(const json::view& place, std::string_view key) const {
        auto path = place.optional_text(key);
        return path ? file(*path) : std::string{};
    }

    static std::string data_at(const json::view& place, std::string_view key) {
        auto text = place.optional_text(key);
        auto bytes = text ? decoded(*text) : std::string{};
        if (!bytes) place.complain(std::string(key) + ": this is no base64");
        return bytes.value_or("");
    }

    static std::string read(const json::view& place, const std::string& path) {
        if (path.empty()) return {};
        auto text = read_file(path);
        if (!text) place.complain(text.error().message);
        return text.value_or("");
    }

    std::string file(const std::string& path) const {
        if (path.starts_with('/') || place_.folder.empty()) return path;
        return place_.folder + "/" + path;
    }

    clock_source& clock_;
    json::view root_;
    const kubeconfig_place& place_;
};

}  // namespace

result<access> read_kubeconfig(clock_source& clock,
                               const nlohmann::json& document,
                               const kubeconfig_place& place) {
    json::reader reader(document);
    auto how = reading(clock, reader.root(), place).all();
    if (auto wrong = reader.failure("the kubeconfig")) return tl::unexpected(*wrong);
    if (how.credentials) {
        auto usable = how.credentials->current();
        if (!usable) return tl::unexpected(usable.error());
    }
    return how;
}

result<access> read_kubeconfig_file(clock_source& clock,
                                    const std::string& path,
                                    const std::string& context) {
    auto text = read_file(path);
    if (!text) return tl::unexpected(text.error());
    auto documents = config::read_documents(*text, path);
    if (!documents) return tl::unexpected(documents.error());
    if (documents->size() != 1) {
        return ha::failure(errc::malformed, path + " is no kubeconfig: it must hold one document");
    }
    auto slash = path.rfind('/');
    kubeconfig_place place{slash == std::string::npos ? "" : path.substr(0, slash), context};
    return read_kubeconfig(clock, documents->front(), place);
}

}  // namespace ha::k8s
