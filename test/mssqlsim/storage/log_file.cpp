// SPDX-License-Identifier: MIT
#include "test/mssqlsim/storage/log_file.hpp"

#include "test/mssqlsim/storage/crc32c.hpp"

#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

namespace ha::mssqlsim {

namespace {

constexpr std::string_view magic = "HASQLLOG";
constexpr std::size_t file_header_size = 16;
constexpr std::array<char, file_header_size> noughts{};
constexpr std::string_view marker =
    "\xB1"
    "ATC";
constexpr std::size_t batch_header_size = 12;

void put_u32(std::string& out, std::size_t number) {
    for (unsigned shift = 0; shift < 32; shift += 8)
        out.push_back(static_cast<char>((number >> shift) & 0xFF));
}

std::uint32_t get_u32(std::string_view bytes) {
    std::uint32_t out = 0;
    for (std::size_t i = 4; i-- > 0;) out = (out << 8) | static_cast<unsigned char>(bytes[i]);
    return out;
}

std::string file_header() {
    std::string out(magic);
    put_u32(out, log_file::format_version);
    put_u32(out, crc32c(out));
    return out;
}

result<void> check_header(const std::string& path, std::string_view bytes) {
    if (bytes.substr(0, magic.size()) != magic ||
        get_u32(bytes.substr(12)) != crc32c(bytes.substr(0, 12)))
        return failure(errc::malformed, path + " is not a log of this program");
    auto version = get_u32(bytes.substr(8));
    if (version != log_file::format_version)
        return failure(errc::malformed,
                       path + " has format version " + std::to_string(version) +
                           ", this program knows " + std::to_string(log_file::format_version));
    return {};
}

// The body of the batch at the front, if there is a whole and sound one.
std::optional<std::string_view> batch_at(std::string_view bytes) {
    if (bytes.size() < batch_header_size || bytes.substr(0, marker.size()) != marker) return {};
    auto size = get_u32(bytes.substr(4));
    if (size > bytes.size() - batch_header_size) return {};
    std::string checked(bytes.substr(4, 4));
    checked += bytes.substr(batch_header_size, size);
    if (crc32c(checked) != get_u32(bytes.substr(8))) return {};
    return bytes.substr(batch_header_size, size);
}

bool has_batch_later(std::string_view bytes) {
    for (auto at = bytes.find(marker, 1); at != std::string_view::npos;
         at = bytes.find(marker, at + 1))
        if (batch_at(bytes.substr(at))) return true;
    return false;
}

// False when the sizes inside do not add up, which a sound CRC makes our own mistake.
bool read_records(std::string_view body, std::vector<std::string>& out) {
    while (!body.empty()) {
        if (body.size() < 4) return false;
        auto size = get_u32(body);
        body.remove_prefix(4);
        if (size > body.size()) return false;
        out.emplace_back(body.substr(0, size));
        body.remove_prefix(size);
    }
    return true;
}

struct read_log {
    std::vector<std::string> records;
    std::size_t end = 0;  // of the sound part
};

result<read_log> read_batches(const std::string& path, std::string_view bytes) {
    read_log out;
    out.end = file_header_size;
    while (out.end < bytes.size()) {
        auto rest = bytes.substr(out.end);
        auto body = batch_at(rest);
        if (!body && !has_batch_later(rest)) return out;
        if (!body || !read_records(*body, out.records))
            return failure(errc::malformed,
                           path + " is damaged at offset " + std::to_string(out.end) +
                               ", before its end: nothing is read from it");
        out.end += batch_header_size + body->size();
    }
    return out;
}

// No batch follows a header that is not durable. After a loss of power some file systems have the
// size of what was written and noughts for its bytes.
bool was_never_begun(std::string_view bytes) {
    return bytes.size() < file_header_size ||
           bytes == std::string_view(noughts.data(), noughts.size());
}

result<void> begin_file(disk_file& made) {
    return made.cut(0).and_then([&] { return made.append(file_header()); }).and_then([&] {
        return made.sync();
    });
}

}  // namespace

result<opened_log> log_file::open(const std::string& path, disk& on) {
    auto opened = on.open(path);
    if (!opened) return tl::unexpected(opened.error());
    auto& file = **opened;
    // Always: who made the file may have been killed before its name was durable.
    auto named = on.sync_folder(std::filesystem::path(path).parent_path().string());
    if (!named) return tl::unexpected(named.error());
    auto bytes = file.read_all();
    if (!bytes) return tl::unexpected(bytes.error());

    std::vector<std::string> notes;
    if (was_never_begun(*bytes)) {
        if (!bytes->empty()) notes.push_back(path + " was never begun; beginning it anew");
        auto begun = begin_file(file);
        if (!begun) return tl::unexpected(begun.error());
        return opened_log{log_file(std::move(*opened)), {}, std::move(notes)};
    }
    auto ours = check_header(path, *bytes);
    if (!ours) return tl::unexpected(ours.error());
    auto read = read_batches(path, *bytes);
    if (!read) return tl::unexpected(read.error());
    if (read->end < bytes->size())
        notes.push_back(path + ": cut a torn batch of " +
                        std::to_string(bytes->size() - read->end) + " bytes at offset " +
                        std::to_string(read->end));
    auto ready = file.cut(read->end).and_then([&] { return file.sync(); });
    if (!ready) return tl::unexpected(ready.error());
    return opened_log{log_file(std::move(*opened)), std::move(read->records), std::move(notes)};
}

result<void> log_file::append(const std::vector<std::string>& records) {
    std::string body;
    for (const auto& record : records) {
        put_u32(body, record.size());
        body += record;
    }
    std::string size;
    put_u32(size, body.size());
    std::string batch(marker);
    batch += size;
    put_u32(batch, crc32c(size + body));
    batch += body;
    return file_->append(batch).and_then([this] { return file_->sync(); });
}

}  // namespace ha::mssqlsim
