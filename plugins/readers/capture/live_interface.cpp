// SPDX-License-Identifier: Apache-2.0
#include "live_interface.hpp"

#include <fcntl.h>
#include <pcap/pcap.h>
#include <poll.h>

#include <cstring>
#include <exception>

#include "morgana/error.hpp"

namespace morgana::capture {
namespace {

// Room for half a second of 500 Mbit/s while the disk does not take it.
constexpr int kBufferBytes = 32 * 1024 * 1024;
// The kernel hands a block over when it is full or so old: what a new connection is noticed by must not wait longer.
constexpr int kBlockMilliseconds = 5;

constexpr const char* kHowToPermit =
    "run it with sudo; or give yourself the right, for this command alone: sudo setpriv --reuid=$(id -u) --regid=$(id "
    "-g) "
    "--init-groups --inh-caps=+net_raw --ambient-caps=+net_raw morgana capture ...";

[[noreturn]] void refuse(const LiveInterface::Setting& setting, int fault, const std::string& why) {
  switch (fault) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      throw Error("cannot capture on {}: it needs the capability CAP_NET_RAW", setting.name).hint(kHowToPermit);
    case PCAP_ERROR_NO_SUCH_DEVICE:
      throw Error("there is no interface \"{}\"", setting.name).hint("morgana capture --list-interfaces shows them");
    case PCAP_ERROR_IFACE_NOT_UP:
      throw Error("the interface {} is down", setting.name)
          .hint("bring it up: sudo ip link set " + setting.name + " up");
    default:
      throw Error("cannot capture on {}: {}", setting.name, why.empty() ? pcap_statustostr(fault) : why);
  }
}

/// The number that files use: it differs from libpcap's on this system for raw IP alone.
std::uint16_t file_link_type(int link_type) {
  return static_cast<std::uint16_t>(link_type == DLT_RAW ? static_cast<int>(packets::LinkType::kRaw) : link_type);
}

struct Reading {
  const LiveInterface::Take& take;
  packets::LinkType link_type;
  pcap_t* handle;
  std::exception_ptr fault{};
};

void on_packet(u_char* user, const pcap_pkthdr* header, const u_char* bytes) {
  auto& reading = *reinterpret_cast<Reading*>(user);
  if (reading.fault) return;
  packets::CapturedPacket packet;
  // With nanosecond stamps tv_usec holds nanoseconds.
  packet.nanoseconds = static_cast<std::int64_t>(header->ts.tv_sec) * 1'000'000'000 + header->ts.tv_usec;
  packet.link_type = reading.link_type;
  packet.original_bytes = header->len;
  packet.bytes = {bytes, header->caplen};
  try {
    reading.take(packet);
  } catch (...) {  // not through libpcap's frames
    reading.fault = std::current_exception();
    pcap_breakloop(reading.handle);
  }
}

}  // namespace

void LiveInterface::Close::operator()(pcap* handle) const { pcap_close(handle); }

LiveInterface::LiveInterface(const Setting& setting) : name_(setting.name) {
  char why[PCAP_ERRBUF_SIZE] = {};
  handle_.reset(pcap_create(setting.name.c_str(), why));
  if (handle_ == nullptr) throw Error("cannot capture on {}: {}", setting.name, why);
  auto* handle = handle_.get();
  const int wanted = setting.snap_length > 0 ? setting.snap_length : kWholePackets;
  pcap_set_snaplen(handle, wanted);
  pcap_set_promisc(handle, setting.promiscuous ? 1 : 0);
  pcap_set_timeout(handle, kBlockMilliseconds);
  pcap_set_buffer_size(handle, kBufferBytes);
  const bool has_nanoseconds = pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO) == 0;
  const int fault = pcap_activate(handle);
  if (fault < 0) refuse(setting, fault, fault == PCAP_ERROR ? pcap_geterr(handle) : "");
  if (!has_nanoseconds) throw Error("the interface {} has no time stamps of nanoseconds", setting.name);
  if (!setting.filter.empty()) {
    bpf_program program{};
    if (pcap_compile(handle, &program, setting.filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
      throw Error("the filter \"{}\" is not understood: {}", setting.filter, pcap_geterr(handle))
          .hint("man pcap-filter shows how one is written, such as \"tcp port 443 or udp\"");
    const int set = pcap_setfilter(handle, &program);
    pcap_freecode(&program);
    if (set != 0) throw Error("the filter \"{}\" cannot be set: {}", setting.filter, pcap_geterr(handle));
  }
  if (pcap_setnonblock(handle, 1, why) != 0) throw Error("cannot capture on {}: {}", setting.name, why);
  link_type_ = file_link_type(pcap_datalink(handle));
  snap_length_ = static_cast<std::uint32_t>(pcap_snapshot(handle));
  descriptor_ = pcap_get_selectable_fd(handle);
  // The experiment's program must not inherit it.
  ::fcntl(descriptor_, F_SETFD, FD_CLOEXEC);
}

void LiveInterface::wait(int milliseconds) const {
  pollfd watched{descriptor_, POLLIN, 0};
  ::poll(&watched, 1, milliseconds);
}

std::size_t LiveInterface::read(const Take& take) {
  Reading reading{take, static_cast<packets::LinkType>(link_type_), handle_.get()};
  const int count = pcap_dispatch(handle_.get(), -1, on_packet, reinterpret_cast<u_char*>(&reading));
  if (reading.fault) std::rethrow_exception(reading.fault);
  if (count < 0) throw Error("the capture on {} ended: {}", name_, pcap_geterr(handle_.get()));
  return static_cast<std::size_t>(count);
}

packets::PcapngStatistics LiveInterface::counts() const {
  pcap_stat counts{};
  if (pcap_stats(handle_.get(), &counts) != 0) return {};
  return {counts.ps_recv, counts.ps_drop, counts.ps_ifdrop};
}

std::string libpcap_version() { return pcap_lib_version(); }

}  // namespace morgana::capture
