// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/backup_history.hpp"
#include "test/mssqlsim/model/contained.hpp"
#include "test/mssqlsim/model/describe_procedures.hpp"
#include "test/mssqlsim/model/first_answer.hpp"
#include "test/mssqlsim/model/not_modelled.hpp"
#include "test/mssqlsim/model/procedure_answers.hpp"
#include "test/mssqlsim/model/session_environment.hpp"
#include "test/mssqlsim/model/system_objects.hpp"
#include "test/mssqlsim/model/table_catalogue.hpp"

#include <algorithm>

// The system procedures that agents and drivers call.

namespace ha::mssqlsim {

namespace {

statement_end silent_end() {
    statement_end made;
    made.silent = true;
    return made;
}

progress set_context(session_state& session, const std::vector<parameter>& all) {
    const auto* key = argument(all, "@key", 0);
    const auto* contents = argument(all, "@value", 1);
    const auto* fixed = argument(all, "@read_only", 2);
    if (key == nullptr) return failed_with(lacks_parameter("sp_set_session_context", "@key"));
    if (contents == nullptr)
        return failed_with(lacks_parameter("sp_set_session_context", "@value"));
    auto& slot = session.context[lower(text_of(key->contents))];
    if (slot.second)
        return failed_with(error_of(
            15664,
            "Cannot set key '" + text_of(key->contents) +
                "' in the session context. The key has been set as read_only for this session."));
    slot.first = contents->contents;
    slot.second = fixed != nullptr && text_of(fixed->contents) == "1";
    return silent_end();
}

struct bound_parameters {
    variable_scope variables;
    std::vector<output_parameter> outputs;
};

// The statement's parameters behind the declared ones, by name or by place.
sql_result<bound_parameters> bound(const std::string& declarations,
                                   const std::vector<parameter>& all,
                                   std::size_t from) {
    bound_parameters made;
    if (declarations.empty()) return made;
    const auto declared = parse_declarations(declarations);
    if (!declared) return tl::unexpected(declared.error());
    std::size_t place = from;
    for (const auto& one : *declared) {
        const parameter* given = nullptr;
        for (std::size_t i = from; i < all.size(); ++i)
            if (same_name(all[i].name, one.name)) given = &all[i];
        if (given == nullptr && place < all.size() && all[place].name.empty()) given = &all[place];
        ++place;
        if (given == nullptr)
            return tl::unexpected(sql_error{8178,
                                            "The parameterized query expects the parameter '" +
                                                one.name + "', which was not supplied.",
                                            16,
                                            1,
                                            sql_error::reach::batch,
                                            0,
                                            {}});
        auto v = convert(given->contents, one.type);
        if (!v) return tl::unexpected(v.error());
        made.variables[lower(one.name)] = {one.type, std::move(*v)};
        if (given->output) made.outputs.push_back({lower(one.name), given->name, given->variable});
    }
    return made;
}

class prepared_calls {
public:
    prepared_calls(engine& owner, session_state& session, const std::vector<parameter>& all)
        : owner_(owner), session_(session), all_(all) {}

    progress execute_sql() {
        const auto* text = argument(all_, "@stmt", 0);
        if (text == nullptr && !all_.empty()) text = all_.data();
        if (text == nullptr) return failed_with(lacks_parameter("sp_executesql", "@statement"));
        return run_text(text_of(text->contents),
                        all_.size() > 1 ? text_of(all_[1].contents) : std::string{},
                        2);
    }

    // sp_prepexec @handle OUTPUT, @declarations, @statement, values...
    progress prepare_and_execute() {
        if (all_.size() < 3) return failed_with(lacks_parameter("sp_prepexec", "@stmt"));
        const auto parsed =
            owner_.scripts_.parse(text_of(all_[2].contents), session_.settings.quoted_identifiers);
        if (!parsed) {
            return_handle({});
            return failed_with(not_prepared(parsed.error()));
        }
        const auto handle = new_handle();
        return_handle(handle);
        return run_text(session_.prepared[handle], session_.prepared_parameters[handle], 3);
    }

    // sp_prepare @handle OUTPUT, @declarations, @statement, @options
    progress prepare() {
        if (all_.size() < 3) return failed_with(lacks_parameter("sp_prepare", "@stmt"));
        const auto* options = argument(all_, "@options", 3);
        if (options != nullptr && text_of(options->contents) != "1") {
            return_handle({});
            return failed_with(reaching(
                error_of(214, "Procedure expects parameter '@options' of type 'int'.", 16, 3),
                sql_error::reach::scope));
        }
        const auto told = prepared_answer();
        if (!told) {
            return_handle({});
            return failed_with(not_prepared(told.error()));
        }
        return_handle(new_handle());
        if (!is_request()) return silent_end();
        if (told->answer) owner_.emit(*told->answer);
        if (told->command != 0)
            owner_.emit(statement_done{session_.number, 0, false, true, told->command});
        session_.procedure_status = told->status;
        return silent_end();
    }

    progress execute_prepared() {
        const auto handle = handle_of(0);
        const auto at = session_.prepared.find(handle);
        if (at == session_.prepared.end())
            return failed_with(error_of(
                8179,
                "Could not find prepared statement with handle " + std::to_string(handle) + ".",
                16,
                is_request() ? 1 : 2));
        return run_text(at->second, session_.prepared_parameters[handle], 1);
    }

    progress unprepare() {
        session_.prepared.erase(handle_of(0));
        session_.prepared_parameters.erase(handle_of(0));
        return silent_end();
    }

private:
    // Not called by a text.
    bool is_request() const { return session_.procedure_call && session_.frames.empty(); }

    std::int64_t new_handle() {
        const std::int64_t handle = session_.next_handle++;
        session_.prepared[handle] = text_of(all_[2].contents);
        session_.prepared_parameters[handle] = text_of(all_[1].contents);
        return handle;
    }

    static sql_error not_prepared(sql_error why) {
        return followed_by(std::move(why),
                           error_of(8180, "Statement(s) could not be prepared.", 16, 1));
    }

    sql_result<prepared_text> prepared_answer() {
        const std::string declarations = text_of(all_[1].contents);
        std::vector<variable_declaration> declared;
        if (!declarations.empty()) {
            auto read = parse_declarations(declarations);
            if (!read) return tl::unexpected(read.error());
            declared = std::move(*read);
        }
        const auto parsed =
            parse_script(text_of(all_[2].contents), session_.settings.quoted_identifiers);
        if (!parsed) return tl::unexpected(parsed.error());
        return look_at_prepared(owner_, session_, **parsed, declared);
    }

    std::int64_t handle_of(std::size_t place) const {
        if (place >= all_.size()) return 0;
        const auto* number = std::get_if<std::int64_t>(&all_[place].contents);
        return number == nullptr ? 0 : *number;
    }

    void return_handle(const std::optional<std::int64_t>& number) {
        const value handle = number ? value{*number} : value{};
        const std::string name = all_.front().name;
        engine& owner = owner_;
        if (!all_.front().variable.empty()) {
            auto& scope = session_.scopes.back();
            const auto at = scope.find(lower(all_.front().variable));
            if (at != scope.end()) at->second.contents = handle;
            return;
        }
        session_.at_end.emplace_back([&owner, name, handle](session_state& session) {
            owner.emit(
                return_value{session.number, name, {column_kind::integer, 4, 25, 0}, handle});
        });
    }

    progress run_text(const std::string& text, const std::string& declarations, std::size_t from) {
        auto parameters = bound(declarations, all_, from);
        if (!parameters) return failed_with(parameters.error());
        auto parsed = owner_.scripts_.parse(text, session_.settings.quoted_identifiers);
        if (!parsed) return failed_with(parsed.error());
        owner_.push_dynamic(session_, *parsed, std::move(parameters->variables));
        session_.frames.back().outputs = std::move(parameters->outputs);
        return silent_end();
    }

    engine& owner_;
    session_state& session_;
    const std::vector<parameter>& all_;
};

}  // namespace

const parameter* argument(const std::vector<parameter>& all,
                          std::string_view name,
                          std::size_t place) {
    for (const auto& one : all)
        if (same_name(one.name, name)) return &one;
    if (place < all.size() && all[place].name.empty()) return &all[place];
    return nullptr;
}

progress engine::call_procedure(session_state& session,
                                const std::string& name,
                                const std::vector<parameter>& all) {
    const std::string known = lower(last_part(name));
    if (session.procedure_call && session.frames.empty())
        session.at_end.emplace_back([this](session_state& done) {
            if (done.tells_status)
                emit(return_status{done.number, static_cast<std::int32_t>(done.procedure_status)});
        });
    prepared_calls prepared{*this, session, all};
    if (known == "sp_executesql") return prepared.execute_sql();
    if (known == "sp_prepexec") return prepared.prepare_and_execute();
    if (known == "sp_prepare") return prepared.prepare();
    if (known == "sp_execute") return prepared.execute_prepared();
    if (known == "sp_unprepare") return prepared.unprepare();
    if (known == "sp_set_session_context") return set_context(session, all);
    if (known == "sp_reset_connection") {
        reset(session.number);
        return silent_end();
    }
    if (known == "sp_server_diagnostics" && !options_.edge) {
        const auto* interval = argument(all, "@repeat_interval", 0);
        if (!sees_server_state(session)) return failed_with(denied("VIEW SERVER STATE"));
        const auto seconds = interval == nullptr
                                 ? sql_result<value>{value{std::int64_t{0}}}
                                 : convert(interval->contents, {column_kind::integer, 4, 25, 0});
        if (!seconds) return failed_with(seconds.error());
        const auto* number = std::get_if<std::int64_t>(&*seconds);
        return diagnostics(session, number == nullptr ? 0 : *number);
    }
    if (known == "sp_configure") return configure(session, all);
    if (known == "sp_migrate_user_to_contained") return failed_with(statement_not_modelled(known));
    if (auto made = describe_procedure(*this, session, name, all)) return std::move(*made);
    if (auto made = administrate(session, known, all)) return std::move(*made);
    if (auto made = backup_procedure(*this, session, name, all)) return std::move(*made);
    if (auto made = catalogue_procedure(*this, session, name, all)) return std::move(*made);
    if (known.starts_with("sp_cursor")) return failed_with(statement_not_modelled(known));
    return failed_with(error_of(2812, "Could not find stored procedure '" + name + "'.", 16, 62));
}

}  // namespace ha::mssqlsim
