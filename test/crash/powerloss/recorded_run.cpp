// SPDX-License-Identifier: MIT
#include "test/crash/powerloss/recorded_run.hpp"

#include <memory>
#include <random>

namespace ha::crash {

using namespace mssqlsim;

namespace {

using namespace std::chrono_literals;

class player {
public:
    player(const run_plan& plan, recorded_run& into) : random_(plan.seed), run_(into) {
        if (plan.without_sync) run_.disk.ignore_syncs();
        disks_ = std::make_shared<kept_disks>(
            run_.disk,
            kept_disks::listeners{[this](std::size_t node) { note_hardened(node); },
                                  [this](std::size_t node, const std::string& text) {
                                      note({0, promise::kind::backed_up, node, 0, 0, 0, text});
                                  },
                                  [this](const reply& to) { note_answer(to); }});
        group_ = std::make_unique<cluster_harness>(
            reading::a, nullptr, group_size, std::static_pointer_cast<harness_disks>(disks_));
    }

    void play(int rounds) {
        group_->make_group();
        note({0, promise::kind::formed, 0, 0, 0, 0, {}});
        for (int round = 0; round < rounds && primary_; ++round) {
            write_pairs(1 + random_() % 6);
            group_->pass(std::chrono::milliseconds{random_() % 6});
            trouble();
            group_->pass(5ms);
        }
        if (!primary_) run_.troubles.emplace_back("no instance would be primary any more");
        group_->pass(1s);
        for (std::size_t i = 0; i < group_size; ++i) run_.written[i] = disks_->written(i);
        run_.troubles.insert(
            run_.troubles.end(), disks_->troubles().begin(), disks_->troubles().end());
    }

private:
    struct open_pair {
        pair_number which;
        version to;
        std::shared_ptr<reply> answer;
    };

    void note(promise what) {
        what.operations = run_.disk.journal().size();
        run_.promises.push_back(std::move(what));
    }

    void note_hardened(std::size_t node) {
        note({0, promise::kind::hardened, node, disks_->written(node).size(), 0, 0, {}});
    }

    void note_answer(const reply& to) {
        for (auto& one : open_) {
            if (one.answer.get() != &to || to.error() != 0) continue;
            note({0, promise::kind::committed, 0, 0, one.which, one.to, {}});
            ++run_.commits;
            standing_[one.which] = one.to;
        }
    }

    // Each on a connection of its own, without waiting: their commits meet in one batch of the log.
    void write_pairs(std::size_t count) {
        std::erase_if(open_, [](const auto& one) { return one.answer->complete; });
        for (std::size_t i = 0; i < count; ++i) {
            bool old = !standing_.empty() && random_() % 3 == 0;
            auto which = next_pair_;
            version to = 1;
            if (old) {
                auto at = standing_.lower_bound(
                    static_cast<pair_number>(random_() % static_cast<std::uint64_t>(next_pair_)));
                if (at == standing_.end()) at = standing_.begin();
                if (run_.asked[at->first] != at->second) continue;  // one is still under way
                which = at->first;
                to = at->second + 1;
            } else {
                ++next_pair_;
            }
            run_.asked[which] = to;
            auto text = old ? update_pair(which, to) : insert_pair(which);
            open_.push_back({which, to, group_->send(*primary_, text)});
        }
    }

    void crash(std::size_t node) {
        ++run_.crashes;
        group_->crash(node);
    }

    std::size_t any_other() { return (*primary_ + 1 + random_() % 2) % group_size; }

    void turn() {
        ++run_.promotions;
        primary_ = regroup(*group_);
    }

    void trouble() {
        switch (random_() % 16) {
            case 0: group_->run(*primary_, "BACKUP LOG shop TO DISK = N'shop.bak'"); break;
            case 1:
                group_->run(*primary_,
                            "CREATE TABLE shop.dbo.x" + std::to_string(next_pair_) +
                                " (id int NOT NULL PRIMARY KEY)");
                break;
            case 2: turn(); break;
            case 3: {  // one secondary, back at once
                auto gone = any_other();
                crash(gone);
                group_->start(gone);
                group_->pass(1s);
                group_->follow(gone);
                break;
            }
            case 4:  // the primary, with what is under way
                crash(*primary_);
                group_->start(*primary_);
                group_->pass(1s);
                turn();
                break;
            case 5:
                for (std::size_t i = 0; i < group_size; ++i) crash(i);
                for (std::size_t i = 0; i < group_size; ++i) group_->start(i);
                group_->pass(1s);
                turn();
                break;
            default: break;
        }
    }

    std::mt19937_64 random_;
    recorded_run& run_;
    std::shared_ptr<kept_disks> disks_;
    std::unique_ptr<cluster_harness> group_;
    std::optional<std::size_t> primary_ = 0;
    pair_number next_pair_ = 0;
    std::map<pair_number, version> standing_;
    std::vector<open_pair> open_;
};

}  // namespace

recorded_run record(const run_plan& plan) {
    recorded_run out;
    player one(plan, out);
    one.play(plan.rounds);
    return out;
}

}  // namespace ha::crash
