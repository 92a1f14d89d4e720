// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "packets/captured_packet.hpp"
#include "packets/pcapng_blocks.hpp"

struct pcap;

namespace morgana::capture {

/// Packets of a network interface as they pass, by libpcap.
class LiveInterface {
 public:
  struct Setting {
    std::string name;          ///< "eth0", "any"
    std::string filter;        ///< as pcap-filter(7) says; empty: all packets
    int snap_length = 0;       ///< bytes kept of a packet; 0: all
    bool promiscuous = false;  ///< also what is addressed to others
  };
  static constexpr int kWholePackets = 262144;  ///< libpcap's own limit

  /// From here on packets are kept, in a buffer of the kernel. Throws `Error` with a remedy: no right to capture, no
  /// such interface, a filter that is not understood.
  explicit LiveInterface(const Setting& setting);

  std::uint16_t link_type() const noexcept { return link_type_; }  ///< as `packets::LinkType` numbers it
  std::uint32_t snap_length() const noexcept { return snap_length_; }

  /// Waits up to `milliseconds` for a packet.
  void wait(int milliseconds) const;
  /// Hands out what there is; returns the number of packets. Throws `Error` where the interface is gone, and what
  /// `take` throws.
  using Take = std::function<void(const packets::CapturedPacket&)>;
  std::size_t read(const Take& take);

  packets::PcapngStatistics counts() const;

 private:
  struct Close {
    void operator()(pcap* handle) const;
  };
  std::unique_ptr<pcap, Close> handle_;
  std::string name_;
  std::uint16_t link_type_ = 0;
  std::uint32_t snap_length_ = 0;
  int descriptor_ = -1;
};

/// "libpcap version 1.10.3 (with TPACKET_V3)"
std::string libpcap_version();

}  // namespace morgana::capture
