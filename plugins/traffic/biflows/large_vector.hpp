// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

namespace morgana::biflows {

/// Memory that comes in huge pages where there is enough of it and the system has them (madvise(2), MADV_HUGEPAGE):
/// each page of 4 KiB is else a fault of its own, and a place to look up.
template <typename T>
struct LargeAllocator {
  using value_type = T;
  static constexpr std::size_t kPageBytes = std::size_t{2} << 20;

  LargeAllocator() = default;
  template <typename U>
  LargeAllocator(const LargeAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    if (count > (SIZE_MAX - kPageBytes) / sizeof(T)) throw std::bad_array_new_length();
    const auto bytes = count * sizeof(T);
    if (bytes < kPageBytes) return static_cast<T*>(::operator new (bytes, std::align_val_t{alignof(T)}));
    const auto whole_pages = (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
    void* memory = std::aligned_alloc(kPageBytes, whole_pages);
    if (memory == nullptr) throw std::bad_alloc();
    ::madvise(memory, whole_pages, MADV_HUGEPAGE);  // a wish; where it is not granted nothing else changes
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    if (count * sizeof(T) < kPageBytes) ::operator delete (memory, std::align_val_t{alignof(T)});
    else std::free(memory);
  }
  bool operator==(const LargeAllocator&) const noexcept = default;
};

template <typename T>
using LargeVector = std::vector<T, LargeAllocator<T>>;

/// An array of such memory, of a length chosen once, which holds nothing until it is written.
template <typename T>
requires std::is_trivially_copyable_v<T>
class LargeArray {
 public:
  LargeArray() = default;
  explicit LargeArray(std::size_t size) : memory_(LargeAllocator<T>().allocate(size), {size}), size_(size) {}

  std::size_t size() const noexcept { return size_; }
  T* data() const noexcept { return memory_.get(); }
  T& operator[](std::size_t i) const noexcept { return memory_.get()[i]; }

 private:
  struct Free {
    std::size_t size = 0;
    void operator()(T* memory) const noexcept { LargeAllocator<T>().deallocate(memory, size); }
  };
  std::unique_ptr<T, Free> memory_;
  std::size_t size_ = 0;
};

}  // namespace morgana::biflows
