using ImageBackend.Testing;
using ImageBackend.Web.Tests.Disks;

namespace ImageBackend.Web.Tests.Resumable;

/// <summary>A temp folder that is full, or closed to the service for a while, costs no upload in parts.</summary>
[Collection(LimitedDisksCollection.Name)]
[Trait("Storage", "folders")]
public sealed class ResumableDiskTests(ServiceOnLimitedDisks service)
{
    private const int Begun = 50_000;

    private static readonly byte[] Photo = [.. Pictures.Jpeg(640, 480), .. new byte[300_000]];

    [FactThatMounts]
    public async Task On_a_full_disk_what_fitted_in_is_kept()
    {
        TusSender tus = new(service.Client);
        string address = await BeginAsync(tus);
        service.Disks["temp"].LeaveRoomFor(100_000);

        using HttpResponseMessage full = await tus.PatchAsync(address, Begun, Photo[Begun..]);
        using HttpResponseMessage other = await tus.CreateAsync(Photo.Length, Photo);
        service.Disks["temp"].Mend();

        await full.ShouldBeProblemAsync(503, "storage_full");
        await other.ShouldBeProblemAsync(503, "storage_full");
        await FinishAsync(tus, address, await tus.OffsetAsync(address));
    }

    [TheoryThatMounts]
    [InlineData(DiskFault.ReadOnly)]
    [InlineData(DiskFault.Locked)]
    public async Task While_the_disk_is_closed_an_upload_is_not_said_to_be_lost(DiskFault fault)
    {
        TusSender tus = new(service.Client);
        string address = await BeginAsync(tus);
        service.Disks["temp"].Break(fault);

        using HttpResponseMessage part = await tus.PatchAsync(address, Begun, Photo[Begun..]);
        using HttpResponseMessage get = await service.Client.GetAsync(address);
        using HttpResponseMessage head = await tus.HeadAsync(address);
        service.Disks["temp"].Mend();

        await part.ShouldBeProblemAsync(503, "storage_unavailable");
        ((int)get.StatusCode).Should().Be(503);
        ((int)head.StatusCode).Should().Be(423);
        await FinishAsync(tus, address, Begun);
    }

    private static async Task<string> BeginAsync(TusSender tus)
    {
        string address = await tus.CreatedAsync(Photo.Length);
        using HttpResponseMessage first = await tus.PatchAsync(address, 0, Photo[..Begun]);
        ((int)first.StatusCode).Should().Be(204);
        return address;
    }

    private async Task FinishAsync(TusSender tus, string address, long offset)
    {
        offset.Should().BeGreaterThanOrEqualTo(Begun);
        using HttpResponseMessage last = await tus.PatchAsync(address, offset, Photo[(int)offset..]);
        string key = (await last.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
        File.ReadAllBytes(Path.Combine(service.Disks["incoming"].Path, key)).Should().Equal(Photo);
        using HttpResponseMessage removed = await tus.DeleteAsync(address);
        service.Leftovers().Should().BeEmpty();
    }
}
