// SPDX-License-Identifier: MIT
#include "test/mssqlsim/storage/disk.hpp"

#include <filesystem>

namespace ha::mssqlsim {

namespace {

std::string folder_of(const std::string& path) {
    auto parent = std::filesystem::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

result<std::string> read_text(disk& on, const std::string& path) {
    if (!on.exists(path)) return std::string{};
    auto opened = on.open(path);
    if (!opened) return tl::unexpected(opened.error());
    return (*opened)->read_all();
}

}  // namespace

// A folder that is there may have been made by a process that was killed before it synced the one
// above: that one is synced whether something was made or not.
result<void> make_folders(disk& on, const std::string& path) {
    auto above = folder_of(path);
    if (path == above || path == ".") return {};
    if (!on.exists(path)) {
        auto made = make_folders(on, above).and_then([&] { return on.make_folder(path); });
        if (!made) return made;
    }
    return on.sync_folder(above);
}

result<void> replace_file(disk& on, const std::string& path, const std::string& text) {
    auto fresh = path + ".new";
    auto opened = on.open(fresh);
    if (!opened) return tl::unexpected(opened.error());
    auto& file = **opened;
    return file.cut(0)
        .and_then([&] { return file.append(text); })
        .and_then([&] { return file.sync(); })
        .and_then([&] { return on.rename(fresh, path); })
        .and_then([&] { return on.sync_folder(folder_of(path)); });
}

result<void> append_to_file(disk& on, const std::string& path, const std::string& text) {
    auto opened = on.open(path);
    if (!opened) return tl::unexpected(opened.error());
    auto& file = **opened;
    return file.append(text).and_then([&] { return file.sync(); }).and_then([&] {
        return on.sync_folder(folder_of(path));
    });
}

// The certificate comes last: where it is, its key is durable, and a key without one is nobody's.
result<text_pair> kept_pair(disk& on,
                            const pair_paths& where,
                            const std::function<result<text_pair>()>& make) {
    auto key = read_text(on, where.key);
    if (!key) return tl::unexpected(key.error());
    auto certificate = read_text(on, where.certificate);
    if (!certificate) return tl::unexpected(certificate.error());
    if (!key->empty() && !certificate->empty()) return text_pair{*key, *certificate};
    auto made = make();
    if (!made) return made;
    auto kept = replace_file(on, where.key, made->key).and_then([&] {
        return replace_file(on, where.certificate, made->certificate);
    });
    if (!kept) return tl::unexpected(kept.error());
    return made;
}

}  // namespace ha::mssqlsim
