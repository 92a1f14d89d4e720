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
  enum class Kind { kFile, kBytes, kFault, kFileEnd, kEnd } kind = Kind::kEnd;
  std::string name{};
  std::size_t member = 0;
  std::vector<char> block{};
  std::size_t size = 0;
  std::exception_ptr fault{};  ///< of the file's bytes, or at the end, of what lies around the files
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
  /// The next step; the end, once it was reached.
  Step pop() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return !steps_.empty(); });
    if (steps_.front().kind == Step::Kind::kEnd) return steps_.front();
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

 private:
  std::mutex mutex_;
  std::condition_variable room_, filled_;
  std::deque<Step> steps_;
  std::vector<std::vector<char>> spare_;
  bool given_up_ = false;
};

/// A file's bytes as steps. What is wrong with them is its reader's to meet, who may go on with the next file.
void produce_file(ByteSource& source, Channel& channel) {
  for (bool last = false; !last;) {
    Step step{Step::Kind::kBytes, {}, 0, channel.spare()};
    Step fault{Step::Kind::kFault};
    try {
      // Full blocks: a step for each small piece would cost more than its bytes.
      for (std::size_t count; step.size < kBlockBytes; step.size += count)
        if ((count = source.read(step.block.data() + step.size, kBlockBytes - step.size)) == 0) break;
    } catch (...) {
      fault.fault = std::current_exception();
    }
    last = step.size < kBlockBytes;
    if (step.size > 0) channel.push(std::move(step));
    if (fault.fault) channel.push(std::move(fault));
  }
}

void produce_steps(const std::function<void(const FoundFile&)>& produce, Channel& channel) try {
  Step end;
  try {
    produce([&](const std::string& name, std::size_t member, ByteSource& source) {
      channel.push({Step::Kind::kFile, name, member});
      produce_file(source, channel);
      channel.push({Step::Kind::kFileEnd});
    });
  } catch (const GivenUp&) {
    throw;
  } catch (...) {
    end.fault = std::current_exception();
  }
  channel.push(std::move(end));
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
  /// Passes what nobody read.
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
    ended_ = step_.kind == Step::Kind::kFileEnd || step_.kind == Step::Kind::kEnd;
    if (step_.fault) std::rethrow_exception(step_.fault);
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
    Step step = channel.pop();
    for (; step.kind == Step::Kind::kFile; step = channel.pop()) {
      AheadSource source(channel);
      found(step.name, step.member, source);
      source.finish();
    }
    failure = step.fault;
  } catch (...) {
    failure = std::current_exception();
  }
  channel.give_up();
  producer.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace morgana::files
