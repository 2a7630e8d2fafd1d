// SPDX-License-Identifier: MIT
#include "agent/record/record_store.hpp"

#include "agent/codec/record.hpp"
#include "common/async/worker.hpp"
#include "common/files/read_file.hpp"

#include <boost/asio/this_coro.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace ha::agent {

namespace asio = boost::asio;

namespace {

// A file descriptor that closes itself.
class handle {
public:
    explicit handle(int number) : number_(number) {}
    ~handle() {
        if (number_ >= 0) ::close(number_);
    }
    handle(const handle&) = delete;
    handle& operator=(const handle&) = delete;
    int get() const { return number_; }
    bool good() const { return number_ >= 0; }
    // The error of close() matters: some file systems tell of a full disk only then.
    bool close_well() {
        auto number = std::exchange(number_, -1);
        return ::close(number) == 0;
    }

private:
    int number_;
};

tl::unexpected<error> disk_failure(const char* what, const std::string& path) {
    return failure(errc::failed,
                   std::string("cannot ") + what + " " + path + ": " + std::strerror(errno));
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        auto count = ::write(file, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

// A new file under another name, forced to disk, then the name, then the folder that has the name:
// whatever breaks off in between, the old record or the new one is there, whole.
result<void> replace_file(const std::string& folder,
                          const std::string& path,
                          const std::string& text) {
    std::error_code trouble;
    std::filesystem::create_directories(folder, trouble);
    auto fresh = path + ".new";
    handle file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (!file.good()) return disk_failure("make", fresh);
    if (!write_all(file.get(), text)) return disk_failure("write", fresh);
    if (::fsync(file.get()) != 0) return disk_failure("force to disk", fresh);
    if (!file.close_well()) return disk_failure("close", fresh);
    if (::rename(fresh.c_str(), path.c_str()) != 0) return disk_failure("rename", fresh);
    handle above(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!above.good()) return disk_failure("open", folder);
    if (::fsync(above.get()) != 0) return disk_failure("force to disk", folder);
    return {};
}

loaded_record load_file(const std::string& path) {
    loaded_record loaded;
    auto text = read_file(path);
    if (!text) {
        if (text.error().kind != errc::not_found) loaded.trouble = text.error().message;
        return loaded;
    }
    auto record = read_record(*text);
    if (record) {
        loaded.intact = true;
        loaded.value = std::move(*record);
        return loaded;
    }
    loaded.trouble = record.error().message + " (" + path + ")";
    loaded.newer = record.error().kind == errc::refused;
    return loaded;
}

result<void> save_file(const std::string& folder,
                       const std::string& path,
                       const std::string& text) {
    if (load_file(path).newer)
        return failure(errc::refused, path + " has a newer format: not written over");
    return replace_file(folder, path, text);
}

tl::unexpected<error> hangs(const std::string& path) {
    return failure(errc::timed_out, "the disk under " + path + " does not answer");
}

class file_record_store final : public record_store {
public:
    file_record_store(clock_source& clock, std::string folder, std::string group, duration limit)
        : clock_(clock),
          folder_(std::move(folder)),
          path_(folder_ + "/" + std::move(group) + ".record"),
          limit_(limit) {}

    asio::awaitable<loaded_record> load() override {
        auto executor = co_await asio::this_coro::executor;
        auto& thread = worker_of(executor);
        std::function<loaded_record()> job = [path = path_] { return load_file(path); };
        auto deadline = clock_.now() + limit_;
        auto loaded = co_await thread.run(clock_, deadline, std::move(job));
        if (!loaded) loaded = loaded_record{false, hangs(path_).value().message, false, {}};
        co_return std::move(*loaded);
    }

    asio::awaitable<result<void>> save(replica_record value) override {
        auto executor = co_await asio::this_coro::executor;
        auto& thread = worker_of(executor);
        std::function<result<void>()> job =
            [folder = folder_, path = path_, text = write_record(value)] {
                return save_file(folder, path, text);
            };
        auto deadline = clock_.now() + limit_;
        auto saved = co_await thread.run(clock_, deadline, std::move(job));
        if (!saved) saved = hangs(path_);
        co_return std::move(*saved);
    }

private:
    worker& worker_of(const asio::any_io_executor& executor) {
        if (!worker_) worker_.emplace(executor, "record");
        return *worker_;
    }

    clock_source& clock_;
    std::string folder_;
    std::string path_;
    duration limit_;
    std::optional<worker> worker_;
};

}  // namespace

std::unique_ptr<record_store> make_file_record_store(clock_source& clock,
                                                     std::string folder,
                                                     std::string group,
                                                     duration limit) {
    return std::make_unique<file_record_store>(clock, std::move(folder), std::move(group), limit);
}

}  // namespace ha::agent
