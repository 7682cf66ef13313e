using System.Globalization;
using System.Net;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests.Disks;

/// <summary>A disk that is full, protected or closed to the service is a 503 for as long as that lasts, and costs no image.</summary>
/// <remarks>FAULT_ROWS=all: every row instead of those that differ most.</remarks>
[Collection(LimitedDisksCollection.Name)]
[Trait("Storage", "folders")]
public sealed class DiskFaultTests(ServiceOnLimitedDisks service)
{
    private const string Full = "storage_full";
    private const string Away = "storage_unavailable";

    private static readonly string[] Requests = ["upload", "rotate", "recrop", "delete", "publish"];

    /// <summary>A place, its fault, and the answers to <see cref="Requests"/>: a code, or nothing where that request needs no more of the place than it still gives.</summary>
    public static TheoryData<string, DiskFault, string[]> Rows
    {
        get
        {
            TheoryData<string, DiskFault, string[]> rows = [];
            foreach ((string place, DiskFault fault, string[] answers, bool isOfAll) in new[]
            {
                ("temp", DiskFault.Full, new[] { Full, Full, Full, "", "" }, false),
                ("temp", DiskFault.OutOfInodes, [Full, Full, Full, "", ""], false),
                ("temp", DiskFault.OneInodeLeft, [Full, Full, Full, "", ""], false),
                ("temp", DiskFault.ReadOnly, [Away, Away, Away, "", ""], true),
                ("temp", DiskFault.Locked, [Away, Away, Away, "", ""], true),
                ("temp", DiskFault.NotSearchable, [Away, Away, Away, "", ""], true),
                ("temp", DiskFault.NotWritable, [Away, Away, Away, "", ""], true),
                ("temp", DiskFault.OfAnother, [Away, Away, Away, "", ""], true),
                ("incoming", DiskFault.Full, [Full, Full, Full, "", ""], false),
                ("incoming", DiskFault.OutOfInodes, [Full, Full, Full, Full, ""], false),
                ("incoming", DiskFault.ReadOnly, [Away, Away, Away, Away, Away], false),
                ("incoming", DiskFault.Locked, [Away, Away, Away, Away, Away], true),
                ("incoming", DiskFault.NotSearchable, [Away, Away, Away, Away, Away], true),
                ("incoming", DiskFault.NotWritable, [Away, Away, Away, "", Away], true),
                ("incoming", DiskFault.OfAnother, [Away, Away, Away, "", Away], true),
                ("active", DiskFault.Full, ["", Full, Full, "", Full], false),
                ("active", DiskFault.OutOfInodes, ["", Full, Full, "", Full], true),
                ("active", DiskFault.ReadOnly, ["", Away, Away, Away, Away], true),
                ("active", DiskFault.Locked, [Away, Away, Away, Away, Away], false),
                ("active", DiskFault.NotSearchable, [Away, Away, Away, Away, Away], true),
                ("active", DiskFault.NotWritable, ["", Away, Away, Away, Away], true),
                ("active", DiskFault.OfAnother, ["", Away, Away, Away, Away], true),
            })
            {
                if (FaultRows.All || !isOfAll)
                {
                    rows.Add(place, fault, answers);
                }
            }

            return rows;
        }
    }

    [TheoryThatMounts]
    [MemberData(nameof(Rows))]
    public async Task Is_a_503_until_it_works_again_and_leaves_nothing_half_done(string place, DiskFault fault, string[] answers)
    {
        byte[] photo = Pictures.Jpeg(60, 40);
        Dictionary<string, string> images = new() { ["publish"] = await service.UploadedAsync(photo) };
        foreach (string request in Requests[1..^1])
        {
            images[request] = await service.PublishedAsync(photo);
        }

        string[] active = [.. service.ImagesIn("active")];
        string[] incoming = [.. service.ImagesIn("incoming")];
        int inTemp = service.Disks["temp"].Everything().Count;
        LimitedDisk disk = service.Disks[place];
        try
        {
            disk.Break(fault);
            // A publish makes room in incoming, and a delete in active.
            foreach ((string request, string code) in Requests.Zip(answers).OrderBy(row => row.First == (place == "active" ? "delete" : "publish")))
            {
                using HttpResponseMessage answer = await SendAsync(request, images, photo);
                await ShouldBeAsync(answer, code, request);
                service.Leftovers().Should().BeEmpty("{0} has ended", request);
                service.Disks["temp"].Everything().Should().HaveCount(inTemp, "{0} has ended", request);
                ShouldBeWhole(request, images, code, active, incoming);
            }
        }
        finally
        {
            disk.Mend();
        }

        await ShouldWorkAsync(images, answers, photo);
    }

    [TheoryThatMounts]
    [InlineData(DiskFault.Locked)]
    [InlineData(DiskFault.NotSearchable)]
    public async Task A_folder_that_is_closed_is_not_empty_for_readers(DiskFault fault)
    {
        string key = await service.PublishedAsync(Pictures.Jpeg(60, 40));
        try
        {
            service.Disks["active"].Break(fault);
            using HttpResponseMessage get = await service.Client.GetAsync($"/active/{key}");
            using HttpRequestMessage request = new(HttpMethod.Head, $"/active/{key}");
            using HttpResponseMessage head = await service.Client.SendAsync(request);

            await get.ShouldBeProblemAsync(503, Away);
            head.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        }
        finally
        {
            service.Disks["active"].Mend();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string request, Dictionary<string, string> images, byte[] photo) => request switch
    {
        "upload" => await service.UploadAsync(photo),
        "publish" => await service.PostAsync("/publish", ("filename", images[request])),
        "rotate" => await service.PostAsync("/rotate", ("filename", images[request]), ("rotation", "90")),
        "recrop" => await service.PostAsync("/recrop", ("filename", images[request]), ("crop", "30x20+0+0")),
        _ => await service.PostAsync("/delete", ("filenames", images[request])),
    };

    private static async Task ShouldBeAsync(HttpResponseMessage answer, string code, string request)
    {
        if (code.Length == 0)
        {
            answer.StatusCode.Should().Be(HttpStatusCode.OK, "{0}: {1}", request, await answer.Content.ReadAsStringAsync());
            return;
        }

        answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable, "{0}: {1}", request, await answer.Content.ReadAsStringAsync());
        await answer.ShouldBeProblemAsync(503, code);
        answer.Headers.RetryAfter!.Delta.Should().BePositive();
    }

    // Whatever was there before is there after a fault, and no original is where others see it without all of its thumbnails.
    private void ShouldBeWhole(string request, Dictionary<string, string> images, string code, string[] active, string[] incoming)
    {
        if (code.Length == 0)
        {
            return;
        }

        string[] nowActive = [.. service.ImagesIn("active")];
        string[] nowIncoming = [.. service.ImagesIn("incoming")];
        if (request == "upload")
        {
            nowIncoming.Should().BeEquivalentTo(incoming);
            nowActive.Should().BeEquivalentTo(active);
            return;
        }

        string key = images[request];
        if (request == "publish" && !nowActive.Contains(key))
        {
            nowIncoming.Should().Contain(AllOf(key), "it can be published later");
        }

        if (request is "rotate" or "recrop")
        {
            nowActive.Should().Contain(AllOf(key), "the old image stays until the new one is there");
        }

        foreach (string original in nowActive.Where(name => nowActive.Contains(name.Replace(".jpg", "BI.jpg", StringComparison.Ordinal))))
        {
            nowActive.Should().Contain(AllOf(original));
        }
    }

    private async Task ShouldWorkAsync(Dictionary<string, string> images, string[] answers, byte[] photo)
    {
        foreach ((string request, string code) in Requests.Zip(answers))
        {
            // What was answered 200 is not sent again: a second rotation would be a 404.
            if (code.Length > 0)
            {
                using HttpResponseMessage answer = await SendAsync(request, images, photo);
                await ShouldBeAsync(answer, "", $"{request} on a mended disk");
                images[$"{request} made"] = request is "rotate" or "recrop" ? await ServiceOnLimitedDisks.NameInAsync(answer) : "";
            }
        }

        string[] active = [.. service.ImagesIn("active")];
        active.Should().Contain(AllOf(images["publish"])).And.Contain(AllOf(images["recrop"])).And.NotContain(AllOf(images["delete"])).And.NotContain(AllOf(images["rotate"]));
        foreach (string made in images.Where(image => image.Key.EndsWith("made", StringComparison.Ordinal) && image.Value.Length > 0).Select(image => image.Value))
        {
            active.Should().Contain(AllOf(made));
        }

        (await service.Client.GetByteArrayAsync($"/active/{images["publish"]}")).Should().Equal(photo);
        service.Leftovers().Should().BeEmpty();
        string[] beside = [.. service.Disks["active"].Everything().Where(entry => entry.StartsWith(".meta/", StringComparison.Ordinal)).Select(entry => Path.GetFileNameWithoutExtension(entry))];
        beside.Should().BeSubsetOf(active, "nothing is kept beside an image that is not there");
    }

    private static string[] AllOf(string key) =>
        [key, .. new[] { "BI", "MI", "SI" }.Select(suffix => key.Replace(".jpg", string.Create(CultureInfo.InvariantCulture, $"{suffix}.jpg"), StringComparison.Ordinal))];
}
