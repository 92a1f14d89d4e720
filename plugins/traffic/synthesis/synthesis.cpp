// SPDX-License-Identifier: Apache-2.0
#include "synthesis/synthesis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "csv/csv_cell.hpp"
#include "morgana/random.hpp"
#include "packets/dissect.hpp"
#include "synthesis/frame.hpp"
#include "synthesis/udp_conversation.hpp"

namespace morgana::synthesis {
namespace {

constexpr std::uint64_t kProgressPackets = 65536;

/// The biflows under way by the time of their next packets: a heap whose top is replaced rather than removed.
class NextPackets {
 public:
  struct Entry {
    std::int64_t nanoseconds;
    std::uint32_t order, slot;  ///< `order` decides between equal times
    bool before(const Entry& other) const {
      return nanoseconds != other.nanoseconds ? nanoseconds < other.nanoseconds : order < other.order;
    }
  };

  bool empty() const { return heap_.empty(); }
  const Entry& top() const { return heap_.front(); }
  void add(const Entry& entry) {
    heap_.push_back(entry);
    std::push_heap(heap_.begin(), heap_.end(), after);
  }
  void remove_top() {
    std::pop_heap(heap_.begin(), heap_.end(), after);
    heap_.pop_back();
  }
  void delay_top(std::int64_t nanoseconds) {
    const Entry entry{nanoseconds, top().order, top().slot};
    std::size_t at = 0;
    for (std::size_t child = 1; child < heap_.size(); child = 2 * at + 1) {
      if (child + 1 < heap_.size() && heap_[child + 1].before(heap_[child])) ++child;
      if (!heap_[child].before(entry)) break;
      heap_[at] = heap_[child];
      at = child;
    }
    heap_[at] = entry;
  }

 private:
  static bool after(const Entry& one, const Entry& other) { return other.before(one); }
  std::vector<Entry> heap_;
};

std::string_view addition(Origin origin) {
  switch (origin) {
    case Origin::kSplit:
      return "further part of a packet of the trace";
    case Origin::kHandshake:
      return "added: handshake";
    case Origin::kAck:
      return "added: acknowledgement";
    case Origin::kClose:
      return "added: close";
    default:
      return "";
  }
}

}  // namespace

/// A biflow under way.
struct Synthesis::Active {
  const Biflow* biflow;
  std::variant<TcpConversation, UdpConversation> conversation;
  FrameBuilder frames;
  WirePacket packet{};
  bool first = true;

  bool next() {
    return std::visit([&](auto& each) { return each.next(packet); }, conversation);
  }
};

std::string Synthesis::comment_of(const Active& active) const {
  std::string comment;
  if (active.first) {
    const auto label = traces_.label(active.biflow->row);
    comment = fmt::format("trace {}, class {}", active.biflow->row,
                          label < 0 ? "unknown" : traces_.class_names()[static_cast<std::size_t>(label)]);
  }
  if (options_.comments != PacketComments::kAdded) return comment;
  const auto add = [&](std::string_view text) {
    if (!text.empty()) comment.append(comment.empty() ? "" : "; ").append(text);
  };
  add(addition(active.packet.origin));
  if (active.packet.part && active.packet.origin == Origin::kTrace) add("first part of a packet of the trace");
  if (active.packet.window_moved) add("window moved by one");
  if (active.packet.late_ack) add("late acknowledgement");
  return comment;
}

void Synthesis::write(CaptureWriter& writer, const std::function<void(std::uint64_t)>& progress) const {
  const Filler filler(options_.filler, seed_);
  std::vector<Active> slots;
  std::vector<std::uint32_t> free;
  NextPackets queue;
  const auto activate = [&](std::uint32_t order) {
    const auto& biflow = biflows_[in_time_[order]];
    const auto series = channels_.series(biflow.row);
    const auto seed = mix_seed(seed_, biflow.row);
    const bool tcp = biflow.key.protocol == packets::kTcp;
    const Random random(seed, 2);
    // Below 2^31, so that a capture's numbers seldom wrap, which some tools take badly.
    const std::uint32_t up = random.bits(0) >> 1 | 1, down = random.bits(1) >> 1 | 1;
    FrameOptions frames{maximum_segment(biflow.key), biflow.tcp.window_shift, options_.timestamps};
    Active active{&biflow, UdpConversation(series), FrameBuilder(biflow.key, frames, seed)};
    if (tcp) active.conversation.emplace<TcpConversation>(series, tcp_options(biflow.key), biflow.tcp, up, down);
    active.next();
    std::uint32_t slot = static_cast<std::uint32_t>(slots.size());
    if (free.empty()) slots.push_back(active);
    else slots[slot = free.back()] = active, free.pop_back();
    queue.add({biflow.start + active.packet.nanoseconds, order, slot});
  };

  std::uint32_t started = 0;
  for (std::uint64_t number = 0;; ++number) {
    while (started < in_time_.size() && (queue.empty() || biflows_[in_time_[started]].start <= queue.top().nanoseconds))
      activate(started++);
    if (queue.empty()) break;
    const auto [nanoseconds, order, slot] = queue.top();
    auto& active = slots[slot];
    const auto comment =
        options_.comments == PacketComments::kNone || (options_.comments == PacketComments::kBiflows && !active.first)
            ? std::string()
            : comment_of(active);
    auto* const place = writer.packet(options_.start_nanoseconds + nanoseconds,
                                      static_cast<std::uint32_t>(active.frames.frame_bytes(active.packet)), comment);
    active.frames.build(active.packet, filler.piece(number, active.packet.payload_bytes), place);
    active.first = false;
    if (active.next()) {
      queue.delay_top(active.biflow->start + active.packet.nanoseconds);
    } else {
      queue.remove_top();
      free.push_back(slot);
    }
    if ((number + 1) % kProgressPackets == 0) progress(number + 1);
  }
}

std::string Synthesis::labels_csv() const {
  std::string text = "src_ip,src_port,dst_ip,dst_port,protocol,label\n";
  for (const auto& biflow : biflows_) {
    const auto label = traces_.label(biflow.row);
    text += fmt::format("{},{}\n", biflow.key.text(),
                        label < 0 ? "" : csv::cell_of(traces_.class_names()[static_cast<std::size_t>(label)]));
  }
  return text;
}

}  // namespace morgana::synthesis
