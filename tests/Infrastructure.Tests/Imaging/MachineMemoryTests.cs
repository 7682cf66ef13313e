using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Imaging;

public sealed class MachineMemoryTests : IDisposable
{
    private readonly TempFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Version_2_the_least_limit_on_the_way_up_counts()
    {
        Write("proc/self/cgroup", "0::/pod/container\n");
        Write("sys/fs/cgroup/pod/memory.max", "600000000\n");
        Write("sys/fs/cgroup/pod/container/memory.max", "max\n");

        Limit().Should().Be(600_000_000);
    }

    [Fact]
    public void Version_2_seen_from_within_a_container()
    {
        Write("proc/self/cgroup", "0::/\n");
        Write("sys/fs/cgroup/memory.max", "512000000\n");

        Limit().Should().Be(512_000_000);
    }

    [Fact]
    public void Version_1_with_the_paths_of_the_host()
    {
        Write("proc/self/cgroup", "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");

        Limit().Should().Be(536_870_912);
    }

    [Fact]
    public void Version_1_without_a_limit_writes_a_huge_number()
    {
        Write("proc/self/cgroup", "4:memory:/\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");

        Limit().Should().BeNull();
    }

    [Fact]
    public void No_groups_no_limit() => Limit().Should().BeNull();

    private long? Limit() => MachineMemory.ContainerLimit(_root.Path);

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
