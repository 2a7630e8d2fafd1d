// SPDX-License-Identifier: MIT
#include "test/crash/powerloss/kept_disks.hpp"

#include "test/mssqlsim/model/codec.hpp"
#include "test/mssqlsim/storage/root_folder.hpp"

namespace ha::crash {

using namespace mssqlsim;

namespace {

// As long as a real one, so that it may be torn.
std::string pem(const std::string& what, const std::string& number) {
    std::string out = what + " " + number + "\n";
    for (int line = 0; line < 25; ++line) out += std::string(64, 'A') + "\n";
    return out + "end " + number + "\n";
}

bool belong_together(const text_pair& pair) {
    auto from = pair.key.find(' ') + 1;
    auto number = pair.key.substr(from, pair.key.find('\n') - from);
    return pair.key == pem("key", number) && pair.certificate == pem("certificate", number);
}

}  // namespace

std::string root_of(std::size_t node) {
    return "/" + cluster_harness::name(node);
}

void kept_disks::complain(std::size_t node, const std::string& what) {
    troubles_.push_back(cluster_harness::name(node) + ": " + what);
}

// What the process does before it serves, in its order.
result<opened_log> kept_disks::open(std::size_t node) {
    auto root = root_of(node);
    auto made = make_root_folder(on_, root, root + "/data");
    if (!made) return tl::unexpected(made.error());
    auto log = log_file::open(root + "/data/master.log", on_);
    if (!log) return log;
    auto pair = kept_pair(on_, {root + "/secrets/server.key", root + "/secrets/server.crt"}, [&] {
        auto number = std::to_string(++pairs_made_);
        return result<text_pair>(text_pair{pem("key", number), pem("certificate", number)});
    });
    if (!pair) return tl::unexpected(pair.error());
    if (!belong_together(*pair)) complain(node, "key and certificate are torn or not of one pair");
    return log;
}

durable_state kept_disks::read(std::size_t node, durable_state) {
    durable_state out;
    logs_[node].reset();
    auto opened = open(node);
    if (!opened) {
        complain(node, "does not start: " + opened.error().message);
        return out;
    }
    for (const auto& one : opened->records) {
        auto record = decode_record(one);
        if (!record) {
            complain(node, "does not start: a record of the log is of an unknown kind");
            return {};
        }
        out.records.push_back(std::move(*record));
    }
    written_[node] = std::move(opened->records);
    logs_[node] = std::move(opened->log);
    return out;
}

void kept_disks::write(std::size_t node, const std::vector<log_record>& records) {
    std::vector<std::string> bytes;
    for (const auto& one : records) bytes.push_back(encode(one));
    if (!logs_[node]) return;
    written_[node].insert(written_[node].end(), bytes.begin(), bytes.end());
    auto appended = logs_[node]->append(bytes);
    if (!appended) return complain(node, appended.error().message);
    if (tell_.hardened) tell_.hardened(node);
}

void kept_disks::back_up(std::size_t node, const write_backup& what) {
    auto written = append_to_file(on_, backup_path(node), what.text);
    if (!written) return complain(node, written.error().message);
    if (tell_.backed_up) tell_.backed_up(node, what.text);
}

void kept_disks::answered(const reply& to) {
    if (tell_.answered) tell_.answered(to);
}

}  // namespace ha::crash
