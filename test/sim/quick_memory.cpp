// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <sys/mman.h>

// Memory for the simulation's program alone: blocks go back to a list of their size and come from
// it again. Half of the general allocator's work is for threads, which this program has not, and
// a seed takes and gives back a few million small blocks. They lie in one piece of address space:
// where a block lies tells its size, without a header in front of each, and the piece is of large
// pages, of which fewer have to be looked up. Sanitizers bring their own.

namespace {

constexpr std::size_t step = 16;
constexpr std::size_t kinds = 256;  // up to 4 KiB, with most frames of coroutines
constexpr std::size_t piece_size = 64 * 1024;
constexpr std::size_t space_size = std::size_t{4} << 30U;  // reserved, not used
constexpr std::size_t large_page = std::size_t{2} << 20U;

struct block {
    block* next;
};

std::array<block*, kinds + 1> lists{};
std::array<std::uint16_t, space_size / piece_size> kind_of_piece{};
std::byte* space = nullptr;
std::size_t pieces_used = 0;

// A place in the space, in bytes; something larger than the space for what lies elsewhere.
std::size_t place_of(const void* body) {
    return reinterpret_cast<std::uintptr_t>(body) - reinterpret_cast<std::uintptr_t>(space);
}

void reserve() {
    constexpr auto whole = space_size + large_page;
    void* got = mmap(
        nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (got == MAP_FAILED) throw std::bad_alloc();
    auto past = reinterpret_cast<std::uintptr_t>(got) % large_page;
    space = static_cast<std::byte*>(got) + (large_page - past);
    madvise(space, space_size, MADV_HUGEPAGE);
}

// Blocks of one kind out of a new piece, which is never given back.
block* refill(std::size_t kind) {
    if (space == nullptr) reserve();
    if (pieces_used == kind_of_piece.size()) throw std::bad_alloc();
    kind_of_piece[pieces_used] = static_cast<std::uint16_t>(kind);
    auto* piece = space + piece_size * pieces_used++;
    block* first = nullptr;
    for (auto i = piece_size / (kind * step); i-- > 0;)
        first = new (piece + i * kind * step) block{first};
    return first;
}

}  // namespace

void* operator new(std::size_t size) {
    auto kind = size == 0 ? 1 : (size + step - 1) / step;
    if (kind > kinds) {
        void* large = std::malloc(size);
        if (large == nullptr) throw std::bad_alloc();
        return large;
    }
    auto* first = lists[kind];
    if (first == nullptr) first = refill(kind);
    lists[kind] = first->next;
    // It is asked for soon, and has mostly been out of the cache for long.
    __builtin_prefetch(first->next, 1);
    return first;
}

void operator delete(void* body) noexcept {
    auto place = place_of(body);
    if (place >= space_size) return std::free(body);
    auto kind = kind_of_piece[place / piece_size];
    lists[kind] = new (body) block{lists[kind]};
}

void operator delete(void* body, std::size_t) noexcept {
    operator delete(body);
}
