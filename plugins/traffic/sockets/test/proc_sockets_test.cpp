// SPDX-License-Identifier: Apache-2.0
#include "sockets/proc_sockets.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log_text.hpp"
#include "morgana/error.hpp"

namespace morgana::sockets {
namespace {

constexpr std::string_view kHeader =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

std::string row(std::string_view local, std::string_view remote, std::string_view state, int uid, int inode) {
  return "   0: " + std::string(local) + " " + std::string(remote) + " " + std::string(state) +
         " 00000000:00000000 00:00000000 00000000 " + std::to_string(uid) + "        0 " + std::to_string(inode) +
         " 1 00000000526889ff 100 0 0 10 0\n";
}

/// A folder that looks like /proc of a little-endian machine.
class FakeProc : public testing::TemporaryFolder {
 public:
  FakeProc() {
    for (const char* name : {"tcp", "tcp6", "udp", "udp6"}) table(name, "");
  }
  void table(const std::string& name, const std::string& rows) const {
    write("net/" + name, std::string(kHeader) + rows);
  }
  void process(int pid, std::string_view comm, std::string_view command, std::initializer_list<int> inodes) const {
    const auto folder = std::to_string(pid);
    write(folder + "/comm", std::string(comm) + "\n");
    write(folder + "/cmdline", command);
    std::filesystem::create_directories(path / folder / "fd");
    std::filesystem::create_symlink("/dev/null", path / folder / "fd/0");
    int descriptor = 3;
    for (const int inode : inodes)
      std::filesystem::create_symlink("socket:[" + std::to_string(inode) + "]",
                                      path / folder / "fd" / std::to_string(descriptor++));
  }
};

std::string text(const std::vector<OwnedSocket>& sockets) {
  SocketLog log;
  for (const auto& socket : sockets) log.add(socket.row, socket.process);
  return testing::text_of_rows(log);
}

TEST(ProcSockets, FindsTheProcessOfEachSocket) {
  const FakeProc proc;
  proc.table("tcp", row("0200000A:9C41", "010200C0:01BB", "01", 10054, 71) +
                        row("00000000:0016", "00000000:0000", "0A", 0, 72) +
                        row("0200000A:9C42", "010200C0:01BB", "06", 0, 0));
  proc.table("tcp6",
             row("0000000000000000FFFF00000200000A:9C43", "0000000000000000FFFF0000010200C0:0050", "01", 0, 73));
  proc.table("udp6",
             row("B80D0120000000000000000001000000:8490", "00000000000000000000000000000000:0000", "07", 0, 74));
  proc.process(4711, "e.app:sandboxed", std::string("com.example.app:sandboxed\0--x", 29), {71});
  proc.process(12, "sshd", "/usr/sbin/sshd", {72, 99});
  proc.process(13, "wget", "wget", {73});
  proc.write("self/comm", "no process of its own\n");
  ProcSockets sockets(proc.path);
  EXPECT_EQ(text(sockets.sample(5).opened),
            "tcp 10.0.0.2:40001 > 192.0.2.1:443 4711 10054 com.example.app:sandboxed\n"
            "tcp *:22 > - 12 0 sshd\n"
            "tcp 10.0.0.2:40003 > 192.0.2.1:80 13 0 wget\n"
            "udp [2001:db8::1]:33936 > - -1 0 \n");
  EXPECT_EQ(sockets.open(), 4u);
}

TEST(ProcSockets, SaysWhatChanged) {
  const FakeProc proc;
  const auto first = row("0200000A:9C41", "010200C0:01BB", "01", 0, 71),
             second = row("0200000A:9C42", "010200C0:01BB", "01", 0, 72);
  proc.table("tcp", first);
  proc.process(10, "curl", "curl", {71, 72});
  ProcSockets sockets(proc.path);
  EXPECT_EQ(sockets.sample(1).opened.size(), 1u);
  const auto searches = sockets.searches();
  auto changes = sockets.sample(2);
  EXPECT_TRUE(changes.opened.empty() && changes.closed.empty());
  EXPECT_EQ(sockets.searches(), searches) << "no descriptor is read where every socket is known";

  proc.table("tcp", second);
  changes = sockets.sample(3);
  EXPECT_EQ(text(changes.opened), "tcp 10.0.0.2:40002 > 192.0.2.1:443 10 0 curl\n");
  EXPECT_EQ(text(changes.closed), "tcp 10.0.0.2:40001 > 192.0.2.1:443 10 0 curl\n");
  EXPECT_EQ(changes.closed[0].row.nanoseconds, 3);

  // The same socket, connected elsewhere now.
  proc.table("tcp", row("0200000A:9C42", "020200C0:01BB", "01", 0, 72));
  changes = sockets.sample(4);
  EXPECT_EQ(text(changes.opened), "tcp 10.0.0.2:40002 > 192.0.2.2:443 10 0 curl\n");
  EXPECT_EQ(changes.closed.size(), 1u);
}

TEST(ProcSockets, AProcessFoundLateIsSaidThen) {
  const FakeProc proc;
  proc.table("udp", row("00000000:9C41", "00000000:0000", "07", 0, 71));
  ProcSockets sockets(proc.path);
  EXPECT_EQ(text(sockets.sample(1).opened), "udp *:40001 > - -1 0 \n");
  proc.process(10, "dig", "dig", {71});
  EXPECT_EQ(text(sockets.sample(2).opened), "udp *:40001 > - 10 0 dig\n");
  EXPECT_TRUE(sockets.sample(3).opened.empty());
}

TEST(ProcSockets, AProcessThatLooksUnchangedIsFoundInTheEnd) {
  const FakeProc proc;
  proc.process(10, "dig", "dig", {70});
  proc.table("udp", row("00000000:9C41", "00000000:0000", "07", 0, 71));
  ProcSockets sockets(proc.path);
  EXPECT_EQ(text(sockets.sample(1).opened), "udp *:40001 > - -1 0 \n");
  // One descriptor closed, another opened: the folder has as many entries as before.
  std::filesystem::remove(proc.path / "10/fd/3");
  std::filesystem::create_symlink("socket:[71]", proc.path / "10/fd/3");
  std::string found;
  for (int i = 2; i <= 3; ++i) found += text(sockets.sample(i).opened);
  EXPECT_EQ(found, "udp *:40001 > - 10 0 dig\n");
}

TEST(ProcSockets, ASocketThatNobodyHasCostsNoSearchInEachSample) {
  const FakeProc proc;
  proc.table("udp", row("00000000:9C41", "00000000:0000", "07", 0, 71));
  ProcSockets sockets(proc.path);
  for (int i = 0; i < 20; ++i) sockets.sample(i);
  EXPECT_EQ(sockets.searches(), 3u);
}

TEST(ProcSockets, DamagedRowsAreLeftOut) {
  const FakeProc proc;
  proc.table("tcp",
             "short\n   0: 0200000A 010200C0:01BB 01 0:0 0:0 0 0 0 71\n   0: ZZ00000A:9C41 010200C0:01BB 01 0:0 0:0 0 "
             "0 0 71\n" +
                 row("0200000A:9C41", "010200C0:01BB", "01", 0, 71));
  ProcSockets sockets(proc.path);
  EXPECT_EQ(sockets.sample(1).opened.size(), 1u);
}

TEST(ProcSockets, WithoutProcItSaysSo) { EXPECT_THROW(ProcSockets("/nowhere"), Error); }

TEST(ProcSockets, FindsASocketOfThisProcess) {
  if (!std::filesystem::exists("/proc/net/udp")) GTEST_SKIP() << "there is no /proc/net/udp";
  const int file = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(file, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(file, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::getsockname(file, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ProcSockets sockets;
  const auto changes = sockets.sample(1);
  ::close(file);
  const auto found = std::find_if(changes.opened.begin(), changes.opened.end(), [&](const OwnedSocket& socket) {
    return socket.row.local.port == ntohs(address.sin_port) && socket.row.protocol == packets::kUdp;
  });
  ASSERT_NE(found, changes.opened.end());
  EXPECT_EQ(found->row.pid, ::getpid());
  EXPECT_EQ(found->process.rfind("morgana_sockets", 0), 0u) << found->process;
}

}  // namespace
}  // namespace morgana::sockets
