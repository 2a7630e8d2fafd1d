// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdlib>
#include <new>

// Memory for the simulation's program alone: blocks go back to a list of their size and come from
// it again. Half of the general allocator's work is for threads, which this program has not, and
// a seed takes and gives back a few million small blocks. Sanitizers bring their own.

namespace {

constexpr std::size_t step = 16;
constexpr std::size_t kinds = 256;  // up to 4 KiB, with most frames of coroutines
constexpr std::size_t supply_size = 256 * 1024;

struct block {
    block* next;
};

// In front of every block: which list it belongs to. As large as the alignment of new.
struct alignas(step) header {
    std::size_t kind;
};

std::array<block*, kinds + 1> lists{};

void* with_header(void* place, std::size_t kind) {
    auto* front = new (place) header{kind};
    return front + 1;
}

void* from_system(std::size_t size) {
    void* place = std::malloc(size);
    if (!place) throw std::bad_alloc();
    return place;
}

// Many blocks of one kind out of one piece, which is never given back.
void* refill(std::size_t kind) {
    auto size = sizeof(header) + kind * step;
    auto* piece = static_cast<std::byte*>(from_system(supply_size));
    auto count = supply_size / size;
    for (std::size_t i = 1; i < count; ++i) {
        void* body = with_header(piece + i * size, kind);
        lists[kind] = new (body) block{lists[kind]};
    }
    return with_header(piece, kind);
}

}  // namespace

void* operator new(std::size_t size) {
    auto kind = size == 0 ? 1 : (size + step - 1) / step;
    if (kind > kinds) return with_header(from_system(sizeof(header) + size), kinds + 1);
    auto* first = lists[kind];
    if (!first) return refill(kind);
    lists[kind] = first->next;
    return first;
}

void operator delete(void* body) noexcept {
    if (!body) return;
    auto* front = static_cast<header*>(body) - 1;
    if (front->kind > kinds) return std::free(front);
    lists[front->kind] = new (body) block{lists[front->kind]};
}

void operator delete(void* body, std::size_t) noexcept {
    operator delete(body);
}
