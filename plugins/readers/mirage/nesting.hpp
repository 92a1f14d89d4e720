// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace morgana::mirage {

/// Where the search for the end of a JSON object or list stands; it may go on in the next window.
struct Nesting {
  std::uint64_t depth = 0;
  bool in_string = false;
  bool escaped = false;  ///< the byte before was a backslash inside a string
};

/// Bytes after `end` that must be readable; their content does not matter.
inline constexpr std::size_t kPadding = 64;

/// Finds the bracket that closes the value opened at `begin`, and returns the byte after it.
///
/// Returns null where the input ends first; `nesting` then says how to go on with the bytes that follow. Brackets in
/// strings do not count; whether `[` is closed by `]` rather than `}` is not checked.
using CloseNesting = const char* (*)(Nesting& nesting, const char* begin, const char* end);

const char* close_nesting_portable(Nesting& nesting, const char* begin, const char* end);
#if defined(__x86_64__)
const char* close_nesting_sse2(Nesting& nesting, const char* begin, const char* end);
const char* close_nesting_avx2(Nesting& nesting, const char* begin, const char* end);
#endif

/// True where this machine runs `close_nesting_avx2`.
bool has_avx2();

/// The fastest one that this machine runs.
CloseNesting fastest_close_nesting();

}  // namespace morgana::mirage
