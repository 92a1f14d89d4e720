// SPDX-License-Identifier: Apache-2.0
//
// The loop behind every `close_nesting`; each source file that includes this is compiled for another instruction
// set. Everything has internal linkage and nothing of the standard library is used, because a function that two of
// the files emit would be kept in one version only, perhaps one that the machine cannot run.
#pragma once

#include "nesting.hpp"

namespace morgana::mirage {
namespace {

/// Which of 64 bytes are `"`, `\`, an opening and a closing bracket.
struct Marks {
  std::uint64_t quote, backslash, open, close;
};

/// Bit i is the parity of the bits up to i: from quotes to what lies between them (the closing quote not included).
[[maybe_unused]] inline std::uint64_t prefix_parity_by_shifts(std::uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

/// Byte by byte, for blocks with escapes.
inline const char* close_slowly(Nesting& nesting, const char* begin, const char* end) {
  for (const char* at = begin; at != end; ++at) {
    if (nesting.in_string) {
      if (nesting.escaped) nesting.escaped = false;
      else if (*at == '\\') nesting.escaped = true;
      else if (*at == '"') nesting.in_string = false;
    } else if (*at == '"') {
      nesting.in_string = true;
    } else if (*at == '[' || *at == '{') {
      ++nesting.depth;
    } else if ((*at == ']' || *at == '}') && --nesting.depth == 0) {
      return at + 1;
    }
  }
  return nullptr;
}

template <typename Block>
const char* close_nesting_by(Nesting& nesting, const char* begin, const char* end) {
  for (const char* at = begin; at < end; at += 64) {
    const Block block(at);
    const auto left = static_cast<std::size_t>(end - at);
    // Lists of numbers, the bulk of every file, hold none of the bytes that matter.
    if (left >= 64 && !nesting.escaped && block.plain()) continue;
    Marks marks = block.marks();
    if (left < 64) {
      const std::uint64_t inside = (std::uint64_t{1} << left) - 1;
      marks = {marks.quote & inside, marks.backslash & inside, marks.open & inside, marks.close & inside};
    }
    if (marks.backslash != 0 || nesting.escaped) {
      if (const char* found = close_slowly(nesting, at, left < 64 ? end : at + 64)) return found;
      continue;
    }
    if (marks.quote != 0 || nesting.in_string) {
      const std::uint64_t strings = Block::prefix_parity(marks.quote) ^ (nesting.in_string ? ~std::uint64_t{0} : 0);
      marks.open &= ~strings;
      marks.close &= ~strings;
      nesting.in_string = (strings >> 63) != 0;
    }
    const auto closes = static_cast<std::uint64_t>(__builtin_popcountll(marks.close));
    if (closes < nesting.depth) {
      nesting.depth += static_cast<std::uint64_t>(__builtin_popcountll(marks.open)) - closes;
      continue;
    }
    for (std::uint64_t brackets = marks.open | marks.close; brackets != 0; brackets &= brackets - 1) {
      const std::uint64_t lowest = brackets & -brackets;
      if ((marks.open & lowest) != 0) ++nesting.depth;
      else if (--nesting.depth == 0) return at + __builtin_ctzll(lowest) + 1;
    }
  }
  return nullptr;
}

}  // namespace
}  // namespace morgana::mirage
