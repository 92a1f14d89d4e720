// SPDX-License-Identifier: Apache-2.0
#include "files/read_ahead.hpp"

#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace morgana::files {
namespace {

constexpr std::size_t kBlockBytes = 256 * 1024, kBlocksAhead = 8;

/// What the reading side asked for when it gave up; it never leaves this file.
struct GivenUp {};

/// One step of the producing side.
struct Step {
  enum class Kind { kFile, kBytes, kFileEnd, kEnd } kind = Kind::kEnd;
  std::string name{};
  std::size_t member = 0;
  std::vector<char> block{};
  std::size_t size = 0;
};

/// A queue of steps that holds a few blocks, which go back and forth.
class Channel {
 public:
  /// Throws `GivenUp` where nobody reads any more.
  void push(Step step) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return steps_.size() < kBlocksAhead || given_up_; });
    if (given_up_) throw GivenUp();
    steps_.push_back(std::move(step));
    filled_.notify_one();
  }
  Step pop() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return !steps_.empty(); });
    Step step = std::move(steps_.front());
    steps_.pop_front();
    room_.notify_one();
    return step;
  }
  void give_up() {
    const std::lock_guard lock(mutex_);
    given_up_ = true;
    room_.notify_one();
  }
  /// A block that has been read, or a new one.
  std::vector<char> spare() {
    const std::lock_guard lock(mutex_);
    if (spare_.empty()) return std::vector<char>(kBlockBytes);
    auto block = std::move(spare_.back());
    spare_.pop_back();
    return block;
  }
  void give_back(std::vector<char> block) {
    const std::lock_guard lock(mutex_);
    spare_.push_back(std::move(block));
  }
  std::exception_ptr failure;  ///< of the producing side, written before its last step

 private:
  std::mutex mutex_;
  std::condition_variable room_, filled_;
  std::deque<Step> steps_;
  std::vector<std::vector<char>> spare_;
  bool given_up_ = false;
};

void produce_steps(const std::function<void(const FoundFile&)>& produce, Channel& channel) try {
  try {
    produce([&](const std::string& name, std::size_t member, ByteSource& source) {
      channel.push({Step::Kind::kFile, name, member});
      for (;;) {
        Step step{Step::Kind::kBytes, {}, 0, channel.spare()};
        // Full blocks: a step for each small piece would cost more than its bytes.
        for (std::size_t count; step.size < kBlockBytes; step.size += count)
          if ((count = source.read(step.block.data() + step.size, kBlockBytes - step.size)) == 0) break;
        const bool last = step.size < kBlockBytes;
        if (step.size > 0) channel.push(std::move(step));
        if (last) break;
      }
      channel.push({Step::Kind::kFileEnd});
    });
  } catch (const GivenUp&) {
    throw;
  } catch (...) {
    channel.failure = std::current_exception();
  }
  channel.push({Step::Kind::kEnd});
} catch (const GivenUp&) {
}

/// The reading side's view of one file.
class AheadSource final : public ByteSource {
 public:
  explicit AheadSource(Channel& channel) : channel_(channel) {}
  std::size_t read(char* into, std::size_t capacity) override {
    if (at_ == step_.size && !next()) return 0;
    const auto count = std::min(capacity, step_.size - at_);
    std::memcpy(into, step_.block.data() + at_, count);
    at_ += count;
    return count;
  }
  void finish() {
    while (next()) {
    }
  }

 private:
  bool next() {
    if (ended_) return false;
    if (!step_.block.empty()) channel_.give_back(std::move(step_.block));
    step_ = channel_.pop();
    at_ = 0;
    if (step_.kind == Step::Kind::kEnd && channel_.failure) std::rethrow_exception(channel_.failure);
    ended_ = step_.kind != Step::Kind::kBytes;
    return !ended_;
  }
  Channel& channel_;
  Step step_{};
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace

void read_ahead(const std::function<void(const FoundFile& found)>& produce, const FoundFile& found) {
  Channel channel;
  std::thread producer([&] { produce_steps(produce, channel); });
  std::exception_ptr failure;
  try {
    for (Step step = channel.pop(); step.kind == Step::Kind::kFile; step = channel.pop()) {
      AheadSource source(channel);
      found(step.name, step.member, source);
      source.finish();
    }
    failure = channel.failure;
  } catch (...) {
    failure = std::current_exception();
  }
  channel.give_up();
  producer.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace morgana::files
