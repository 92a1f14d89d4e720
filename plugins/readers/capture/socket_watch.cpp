// SPDX-License-Identifier: Apache-2.0
#include "socket_watch.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "clock.hpp"

namespace morgana::capture {
namespace {

using std::chrono::steady_clock;

// Enough for a day; it is only about when to look.
constexpr std::size_t kMostConversations = 1'000'000;
constexpr std::chrono::milliseconds kShortestPause{1};
constexpr int kPausePerSample = 3;  // so a sample takes a quarter of the time

std::uint64_t hash_of(const packets::End& end) {
  std::uint64_t words[2];
  std::memcpy(words, end.address.bytes.data(), sizeof words);
  return (words[0] * 0x9e3779b97f4a7c15u ^ words[1] ^ (std::uint64_t{end.port} << 48)) * 0xff51afd7ed558ccdu;
}

}  // namespace

SocketWatch::SocketWatch(const std::filesystem::path& log, std::chrono::milliseconds period)
    : period_(period), writer_(log) {
  sample();  // what is there before the experiment begins
  thread_ = std::thread([this] { watch(); });
}

SocketWatch::~SocketWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SocketWatch::saw(const packets::CapturedPacket& packet) {
  packets::Segment segment;
  if (dissector_.dissect(packet, segment) != packets::Verdict::kSegment) return;
  // The same for both directions.
  const auto conversation = (hash_of(segment.source) + hash_of(segment.target)) * 31 + segment.protocol;
  if (conversations_.size() >= kMostConversations) conversations_.clear();
  if (!conversations_.insert(conversation).second) return;
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  changed_.notify_one();
}

void SocketWatch::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (fault_) std::rethrow_exception(std::exchange(fault_, nullptr));
}

SocketWatch::Counts SocketWatch::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void SocketWatch::watch() try {
  auto due = steady_clock::now() + period_;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_until(lock, due, [&] { return wanted_ || stopping_; });
      if (stopping_) break;
      wanted_ = false;
    }
    const auto begin = steady_clock::now();
    sample();
    const auto end = steady_clock::now();
    due = end + period_;
    const auto pause = std::max<steady_clock::duration>(kPausePerSample * (end - begin), kShortestPause);
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, pause, [&] { return stopping_; })) break;
  }
  sample();
} catch (...) {
  fault_ = std::current_exception();
  failed_ = true;
}

void SocketWatch::sample() {
  const auto changes = sockets_.sample(now());
  // A socket that is connected elsewhere now is closed and opened in one sample.
  for (const auto& socket : changes.closed) {
    writer_.closed(socket.row, socket.process);
    gone_nameless_ += nameless_.erase(socket.inode);
  }
  std::uint64_t fresh = 0;
  for (const auto& socket : changes.opened) {
    writer_.opened(socket.row, socket.process);
    const bool was_nameless = nameless_.erase(socket.inode) > 0;
    if (socket.row.pid < 0) nameless_.insert(socket.inode);
    if (!was_nameless) ++fresh;
  }
  writer_.flush();
  const std::lock_guard lock(mutex_);
  counts_.rows = writer_.rows();
  counts_.sockets += fresh;
  counts_.without_process = gone_nameless_ + nameless_.size();
  ++counts_.samples;
}

}  // namespace morgana::capture
