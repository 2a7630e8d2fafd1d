// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/databases.hpp"
#include "agent/core/engine_view.hpp"
#include "agent/core/values.hpp"

#include <initializer_list>
#include <string_view>
#include <utility>

// The words for enumerations in everything we write: ConfigMaps, peer messages, status.

namespace ha::agent {

template <class T>
using word_table = std::initializer_list<std::pair<std::string_view, T>>;

inline const word_table<role> role_words{{"absent", role::absent},
                                         {"resolving", role::resolving},
                                         {"primary", role::primary},
                                         {"secondary", role::secondary}};

inline const word_table<availability_mode> mode_words{
    {"synchronous", availability_mode::synchronous},
    {"asynchronous", availability_mode::asynchronous},
    {"configurationOnly", availability_mode::configuration_only}};

inline const word_table<cluster_type> cluster_words{{"EXTERNAL", cluster_type::external},
                                                    {"NONE", cluster_type::none}};

inline const word_table<synchronization> synchronization_words{
    {"unknown", synchronization::unknown},
    {"notSynchronizing", synchronization::not_synchronizing},
    {"synchronizing", synchronization::synchronizing},
    {"synchronized", synchronization::synchronized},
    {"reverting", synchronization::reverting},
    {"initializing", synchronization::initializing}};

inline const word_table<reach> reach_words{{"notTried", reach::not_tried},
                                           {"answering", reach::answering},
                                           {"silent", reach::silent},
                                           {"loginRefused", reach::login_refused},
                                           {"unreachable", reach::unreachable}};

inline const word_table<component_state> component_words{{"unknown", component_state::unknown},
                                                         {"clean", component_state::clean},
                                                         {"warning", component_state::warning},
                                                         {"error", component_state::error}};

inline const word_table<process_state> process_words{{"unknown", process_state::unknown},
                                                     {"alive", process_state::alive},
                                                     {"gone", process_state::gone}};

inline const word_table<database_report::place> place_words{
    {"inGroup", database_report::place::in_group},
    {"catchingUp", database_report::place::catching_up},
    {"waiting", database_report::place::waiting},
    {"refused", database_report::place::refused},
    {"unlisted", database_report::place::unlisted}};

template <class T>
std::string_view word_of(T value, const word_table<T>& table) {
    for (const auto& [word, meaning] : table)
        if (meaning == value) return word;
    return "unknown";
}

inline std::string_view word_of(role value) {
    return word_of(value, role_words);
}
inline std::string_view word_of(availability_mode value) {
    return word_of(value, mode_words);
}
inline std::string_view word_of(synchronization value) {
    return word_of(value, synchronization_words);
}
inline std::string_view word_of(database_report::place value) {
    return word_of(value, place_words);
}
inline std::string_view word_of(reach value) {
    return word_of(value, reach_words);
}
inline std::string_view word_of(component_state value) {
    return word_of(value, component_words);
}
inline std::string_view word_of(process_state value) {
    return word_of(value, process_words);
}

}  // namespace ha::agent
