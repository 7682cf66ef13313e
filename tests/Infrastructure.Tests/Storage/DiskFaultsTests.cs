using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Files;
using ImageBackend.Infrastructure.Imaging.Libvips;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Storage;

/// <summary>What is the disk's fault, and what is not.</summary>
public sealed class DiskFaultsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(28, true, "no space is left on the disk")]
    [InlineData(122, true, "its quota is used up")]
    [InlineData(5, false, "input/output error")]
    [InlineData(30, false, "mounted read-only")]
    [InlineData(24, false, "too many files open")]
    [InlineData(116, false, "does not answer")]
    [InlineData(107, false, "does not answer")]
    [InlineData(95, false, "the disk does not work")]
    public void Errors_of_the_system_are_told_apart(int error, bool isFull, string words)
    {
        StorageException fault = DiskFaults.Of("incoming", new IOException("as the system says it", error));

        fault.IsFull.Should().Be(isFull);
        fault.Message.Should().StartWith("The incoming storage: ").And.Contain(words).And.NotContain("as the system says it");
    }

    [Fact]
    public void That_a_user_may_not_is_no_input_output_error() =>
        DiskFaults.Of("incoming", new UnauthorizedAccessException()).Message.Should().Contain("this user may not do that");

    // The device that is always full, and a folder that does not exist, accessed by libvips itself.
    [Theory]
    [InlineData("/dev/full", true)]
    [InlineData("/nowhere/thumbnail.jpg", false)]
    public void What_the_disk_refuses_libvips_is_the_disks_fault(string path, bool isFull)
    {
        // libvips collects errors in one place for the whole process, which another test may empty in between; a worker has one job.
        Exception? fault = null;
        for (int tries = 0; tries < 20 && fault is null; tries++)
        {
            fault = VipsFaults.DiskFaultIn(FaultOf(image => image.Jpegsave(path), width: 600));
        }

        fault.Should().NotBeNull();
        DiskFaults.Of("temp", fault!).IsFull.Should().Be(isFull);
    }

    [Fact]
    public void What_an_encoder_refuses_is_not_the_disks_fault()
    {
        VipsException fault = FaultOf(image => image.Webpsave(_folder.PathOf("wide.webp")), width: 16_384);

        VipsFaults.DiskFaultIn(fault).Should().BeNull(fault.Message);
    }

    private static VipsException FaultOf(Action<Image> write, int width)
    {
        using Image noise = Image.Gaussnoise(width, 400);
        using Image grey = noise.Cast(Enums.BandFormat.Uchar);
        Action act = () => write(grey);
        return act.Should().Throw<VipsException>().Which;
    }
}
