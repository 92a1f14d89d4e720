// SPDX-License-Identifier: Apache-2.0
#pragma once

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

namespace morgana::host {

/// What a thread did before `hand_over` of a thing, another sees after `take_over` of the same. oneTBB sees to it; this
/// tells the thread sanitizer, which cannot look into oneTBB's library. Nothing in any other build.
inline void hand_over([[maybe_unused]] const void* thing) {
#ifdef __SANITIZE_THREAD__
  __tsan_release(const_cast<void*>(thing));
#endif
}
inline void take_over([[maybe_unused]] const void* thing) {
#ifdef __SANITIZE_THREAD__
  __tsan_acquire(const_cast<void*>(thing));
#endif
}

}  // namespace morgana::host
