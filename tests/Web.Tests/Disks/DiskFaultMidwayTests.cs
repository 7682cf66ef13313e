using System.Net.Sockets;
using System.Text;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Web.Tests.Disks;

/// <summary>A disk that fails while a request is at work: the answer is the same as if it had failed before, and nothing of the request is left.</summary>
[Collection(LimitedDisksCollection.Name)]
[Trait("Storage", "folders")]
public sealed class DiskFaultMidwayTests(ServiceOnLimitedDisks service)
{
    private const int Width = 900;
    private const int Height = 700;

    [TheoryThatMounts]
    [InlineData("jpg")]
    [InlineData("png")]
    [InlineData("gif")]
    public async Task The_temp_folder_is_full_in_the_middle_of_the_thumbnails(string extension)
    {
        byte[] photo = Noise(extension);
        await ShouldLeaveNothingAsync("temp", photo.Length + (64 * 1024), photo);
    }

    [TheoryThatMounts]
    [InlineData(50_000)] // not even the first buffers
    [InlineData(400_000)]
    public async Task The_temp_folder_is_full_in_the_middle_of_the_body(int room) => await ShouldLeaveNothingAsync("temp", room, Noise("jpg"));

    [TheoryThatMounts]
    [InlineData(20_000)]
    [InlineData(300_000)] // enough for some thumbnails
    public async Task Incoming_is_full_in_the_middle_of_the_thumbnails(int room) => await ShouldLeaveNothingAsync("incoming", room, Noise("jpg"));

    [FactThatMounts]
    public async Task Incoming_has_room_for_the_thumbnails_but_not_for_the_original()
    {
        byte[] photo = Noise("jpg");
        string key = await service.UploadedAsync(photo);
        long thumbnails = service.ImagesIn("incoming").Where(name => name.StartsWith(key[..^4], StringComparison.Ordinal) && name != key)
            .Sum(name => new FileInfo(Path.Combine(service.Disks["incoming"].Path, name)).Length);

        await ShouldLeaveNothingAsync("incoming", thumbnails + (photo.Length / 2), photo);
    }

    [FactThatMounts]
    public async Task Active_is_full_in_the_middle_of_a_publish()
    {
        byte[] photo = Noise("jpg");
        string key = await service.UploadedAsync(photo);
        LimitedDisk active = service.Disks["active"];
        try
        {
            active.LeaveRoomFor(photo.Length);
            using HttpResponseMessage answer = await service.PostAsync("/publish", ("filename", key));
            await answer.ShouldBeProblemAsync(503, "storage_full");
            service.ImagesIn("active").Should().NotContain(key);
            service.ImagesIn("incoming").Where(name => name.StartsWith(key[..^4], StringComparison.Ordinal)).Should().HaveCount(4);
            service.Leftovers().Should().BeEmpty();
        }
        finally
        {
            active.Mend();
        }

        using HttpResponseMessage again = await service.PostAsync("/publish", ("filename", key));
        await again.ShouldBeJsonAsync(200);
        (await service.Client.GetByteArrayAsync($"/active/{key}")).Should().Equal(photo);
        service.ImagesIn("incoming").Where(name => name.StartsWith(key[..^4], StringComparison.Ordinal)).Should().BeEmpty();
    }

    [TheoryThatMounts]
    [InlineData(DiskFault.ReadOnly)]
    [InlineData(DiskFault.NotWritable)]
    public async Task The_temp_folder_is_closed_in_the_middle_of_the_body(DiskFault fault)
    {
        byte[] photo = Pictures.Jpeg(600, 400);
        byte[] body = new RawForm().File(photo).ToArray();
        LimitedDisk temp = service.Disks["temp"];
        IReadOnlyList<string> before = temp.Everything();
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", service.Client.BaseAddress!.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST /upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {new RawForm().ContentType}\r\nContent-Length: {body.Length}\r\n\r\n"));
        await socket.SendAsync(body.AsMemory(0, body.Length / 2));
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        while (!temp.Everything().Any(entry => entry.EndsWith("/original", StringComparison.Ordinal)))
        {
            await Task.Delay(10, patience.Token);
        }

        try
        {
            temp.Break(fault);
            await socket.SendAsync(body.AsMemory(body.Length / 2));
            await using NetworkStream stream = new(socket);
            using StreamReader reader = new(stream, Encoding.Latin1);
            (await reader.ReadToEndAsync(patience.Token)).Should().StartWith("HTTP/1.1 503").And.Contain("storage_unavailable");
        }
        finally
        {
            temp.Mend();
        }

        await service.UploadedAsync(photo);
        temp.Everything().Should().HaveCount(before.Count, "what could not be removed then is removed now");
    }

    [FactThatMounts]
    public async Task Another_temp_disk_in_its_place_is_used_at_once()
    {
        service.Disks["temp"].Exchange();

        await service.UploadedAsync(Pictures.Jpeg(60, 40));
    }

    private async Task ShouldLeaveNothingAsync(string place, long room, byte[] photo)
    {
        IReadOnlyList<string>[] before = [service.ImagesIn("incoming"), service.ImagesIn("active"), Beside()];
        int inTemp = service.Disks["temp"].Everything().Count;
        LimitedDisk disk = service.Disks[place];
        try
        {
            disk.LeaveRoomFor(room);
            using HttpResponseMessage answer = await service.UploadAsync(photo);
            await answer.ShouldBeProblemAsync(503, "storage_full");
            answer.Headers.RetryAfter!.Delta.Should().BePositive();
            service.Leftovers().Should().BeEmpty();
            service.Disks["temp"].Everything().Should().HaveCount(inTemp);
            service.ImagesIn("incoming").Should().Equal(before[0]);
            service.ImagesIn("active").Should().Equal(before[1]);
            Beside().Should().Equal(before[2]);
        }
        finally
        {
            disk.Mend();
        }

        await service.UploadedAsync(photo);
        service.Leftovers().Should().BeEmpty();
    }

    private IReadOnlyList<string> Beside() => [.. service.Disks["incoming"].Everything().Where(entry => entry.StartsWith(".meta", StringComparison.Ordinal) && entry.Length > 5)];

    // Large for its size: its thumbnails are large too.
    private static byte[] Noise(string extension)
    {
        using Image noise = Pictures.Noise(Width, Height);
        return extension switch
        {
            "jpg" => Pictures.Jpeg(noise),
            "png" => noise.PngsaveBuffer(),
            _ => noise.GifsaveBuffer(),
        };
    }
}
