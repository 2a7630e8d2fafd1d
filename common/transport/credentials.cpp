// SPDX-License-Identifier: MIT
#include "common/transport/credentials.hpp"

#include "common/files/read_file.hpp"
#include "common/transport/x509.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <sys/stat.h>
#include <tuple>

namespace ha::transport {

namespace {

class fixed final : public credential_source {
public:
    explicit fixed(tls_credentials what)
        : what_(std::make_shared<const tls_credentials>(std::move(what))) {}

    result<std::shared_ptr<const tls_credentials>> current() override { return what_; }

private:
    std::shared_ptr<const tls_credentials> what_;
};

// Enough to see that a file is not the one that was read.
using stamp = std::tuple<dev_t, ino_t, off_t, time_t, long>;

stamp stamp_of(const std::string& path) {
    struct stat seen{};
    if (path.empty() || ::stat(path.c_str(), &seen) != 0) return {};
    return {seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtim.tv_sec, seen.st_mtim.tv_nsec};
}

// A file that is missing has failed: not_found would be taken for the server's answer.
result<std::string> text_of(const std::string& path) {
    if (path.empty()) return std::string{};
    auto text = read_file(path);
    if (!text) return failure(errc::failed, text.error().message);
    if (text->empty()) return failure(errc::failed, "cannot read " + path + ": it is empty");
    return text;
}

// A swap between the reading of two files gives a certificate with another's key.
bool fit_together(const tls_credentials& what) {
    if (what.certificate.empty()) return true;
    auto certificate = certificate_of(what.certificate);
    auto key = key_of(what.key);
    bool fit = certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
    ERR_clear_error();
    return fit;
}

class files final : public credential_source {
public:
    explicit files(credential_paths where) : where_(std::move(where)) {}

    result<std::shared_ptr<const tls_credentials>> current() override {
        auto now = stamps();
        if (kept_ && now == seen_) return kept_;
        auto fresh = read();
        if (!fresh && kept_) return kept_;
        if (!fresh) return tl::unexpected(fresh.error());
        seen_ = now;
        if (!kept_ || *kept_ != *fresh) {
            kept_ = std::make_shared<const tls_credentials>(std::move(*fresh));
        }
        return kept_;
    }

private:
    using stamps_of_all = std::tuple<stamp, stamp, stamp>;

    stamps_of_all stamps() const {
        return {stamp_of(where_.trusted), stamp_of(where_.certificate), stamp_of(where_.key)};
    }

    result<tls_credentials> read() const {
        auto trusted = text_of(where_.trusted);
        if (!trusted) return tl::unexpected(trusted.error());
        auto certificate = text_of(where_.certificate);
        if (!certificate) return tl::unexpected(certificate.error());
        auto key = text_of(where_.key);
        if (!key) return tl::unexpected(key.error());
        tls_credentials all{std::move(*trusted), std::move(*certificate), std::move(*key)};
        if (fit_together(all)) return all;
        return failure(errc::failed, where_.key + " is not the key of " + where_.certificate);
    }

    credential_paths where_;
    stamps_of_all seen_;
    std::shared_ptr<const tls_credentials> kept_;
};

}  // namespace

std::shared_ptr<credential_source> fixed_credentials(tls_credentials what) {
    return std::make_shared<fixed>(std::move(what));
}

std::shared_ptr<credential_source> credential_files(credential_paths where) {
    return std::make_shared<files>(std::move(where));
}

}  // namespace ha::transport
