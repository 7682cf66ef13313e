using System.Net;
using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests.Disks;

/// <summary>Folders on a file system that reports what is not so, as network file systems do: no image is lost by it, and whatever can be noticed is a 503.</summary>
/// <remarks>The table in docs/storage.md says what can't be noticed. FAULT_ROWS=all: every row instead of those that differ most.</remarks>
[Trait("Storage", "folders")]
public sealed class LyingFolderTests : IAsyncLifetime, IDisposable
{
    private const string Images = @"^/[^/]*\.jpg$";
    private const string HalfWritten = @"^/\.partial-";

    private const string Full = "storage_full";
    private const string Away = "storage_unavailable";

    private static readonly byte[] Photo = Pictures.Jpeg(300, 200);

    private readonly TempFolder _folder = new();
    private LyingFolder? _incoming;
    private LyingFolder? _active;
    private TestService _service = null!;

    public async Task InitializeAsync()
    {
        if (LyingFolder.WhySkipped is null)
        {
            (_incoming, _active) = (new LyingFolder(_folder, "incoming"), new LyingFolder(_folder, "active"));
            _service = await TestService.StartAsync(TestStorages.InFolders(_incoming.Path, _active.Path));
        }
    }

    public async Task DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _incoming?.Dispose();
        _active?.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<string, string> OfUpload => FaultRows.Of(
        ("rename EIO " + Images, Away, true),
        ("rename ENOENT " + Images, Away, false), // NFS sends it twice, and the second finds nothing to rename
        ("fsync EIO " + HalfWritten, Away, true),
        ("fsync ENOSPC " + HalfWritten, Full, false),
        ("getattr EIO " + Images, Away, true));

    public static TheoryData<string, string> OfChanges => FaultRows.Of(
        ("rename EIO " + Images, Away, true),
        ("rename ENOENT " + Images, Away, false),
        ("fsync EIO " + HalfWritten, Away, true),
        ("fsync EDQUOT " + HalfWritten, Full, false),
        ("getattr ESTALE " + Images, Away, true),
        ("read ESTALE " + Images, Away, false)); // when the copy is verified

    [TheoryThatLies]
    [MemberData(nameof(OfUpload))]
    public async Task An_upload_leaves_nothing(string lie, string code)
    {
        _incoming!.Tell(lie);

        using HttpResponseMessage answer = await _service.UploadAsync(Photo);

        await answer.ShouldBeProblemAsync(503, code);
        _incoming.TellTheTruth();
        if (!lie.StartsWith("getattr", StringComparison.Ordinal)) // what can't be looked at can't be removed either
        {
            (await _service.Incoming.EverythingAsync()).Where(entry => entry != ".meta").Should().BeEmpty();
        }
    }

    [TheoryThatLies]
    [MemberData(nameof(OfChanges))]
    public async Task A_publish_and_each_change_keep_their_source(string lie, string code)
    {
        (string published, string cropped) = (await PublishedAsync(), await PublishedAsync());
        string upload = await _service.UploadedAsync(Photo);
        IReadOnlyList<string> before = await _service.Active.NamesAsync();
        _active!.Tell(lie);

        using HttpResponseMessage publish = await _service.PublishAsync(upload);
        using HttpResponseMessage rotate = await RotateAsync(published);
        using HttpResponseMessage recrop = await RecropAsync(cropped);

        await publish.ShouldBeProblemAsync(503, code);
        await rotate.ShouldBeProblemAsync(503, code);
        await recrop.ShouldBeProblemAsync(503, code);
        _active.TellTheTruth();
        (await _service.Active.NamesAsync()).Should().Contain(before);
        (await _service.Active.ReadAsync(published)).Should().Equal(Photo);
        (await _service.Incoming.ReadAsync(upload)).Should().Equal(Photo);
        TempLeft.In(_service.Temp).Should().BeEmpty();
        await ShouldBeDoneAsync(await _service.PublishAsync(upload));
        await ShouldBeDoneAsync(await RotateAsync(published));
        await ShouldBeDoneAsync(await RecropAsync(cropped));
        (await _service.Client.GetByteArrayAsync($"/active/{upload}")).Should().Equal(Photo);
        (await _service.Active.NamesAsync()).Should().HaveCount(16).And.NotContain(published).And.Contain(cropped);
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
    }

    [FactThatLies]
    public async Task A_source_that_cannot_be_read_to_its_end_is_a_fault_of_the_storage()
    {
        string upload = await _service.UploadedAsync(Photo);
        await _service.Incoming.RemoveAsync(upload.Replace(".jpg", "MI.jpg", StringComparison.Ordinal)); // so that it must be made from the original
        _incoming!.Tell("read EIO " + Images);

        using HttpResponseMessage publish = await _service.PublishAsync(upload);

        await publish.ShouldBeProblemAsync(503, "storage_unavailable");
        _incoming.TellTheTruth();
        await ShouldBeDoneAsync(await _service.PublishAsync(upload));
        (await _service.Client.GetByteArrayAsync($"/active/{upload}")).Should().Equal(Photo);
    }

    [FactThatLies]
    public async Task A_reader_whose_file_is_stale_is_told()
    {
        string published = await PublishedAsync();
        _active!.Tell("read ESTALE " + Images);

        using HttpResponseMessage answer = await _service.Client.GetAsync($"/active/{published}");

        await answer.ShouldBeProblemAsync(503, "storage_unavailable");
    }

    [TheoryThatLies]
    [InlineData("unlink - " + Images)]
    [InlineData("unlink EIO ^/[0-9_]*BI.jpg$")] // one thumbnail
    [InlineData("getattr EIO " + Images)]
    public async Task A_delete_that_was_not_done_is_no_success(string lie)
    {
        string published = await PublishedAsync();
        _active!.Tell(lie);

        using HttpResponseMessage delete = await _service.DeleteAsync(published);

        await delete.ShouldBeProblemAsync(503, "storage_unavailable");
        _active.TellTheTruth();
        await ShouldBeDoneAsync(await _service.DeleteAsync(published));
        (await _service.Active.NamesAsync()).Should().BeEmpty();
    }

    [FactThatLies]
    public async Task A_source_that_was_not_removed_costs_no_publish()
    {
        string upload = await _service.UploadedAsync(Photo);
        _incoming!.Tell("unlink - " + Images);

        await ShouldBeDoneAsync(await _service.PublishAsync(upload));

        _incoming.TellTheTruth();
        (await _service.Incoming.NamesAsync()).Should().HaveCount(4);
        _service.Time.Pass(TimeSpan.FromMinutes(6));
        for (int i = 0; i < 300 && (await _service.Incoming.NamesAsync()).Count > 0; i++)
        {
            await Task.Delay(100);
        }

        (await _service.Incoming.NamesAsync()).Should().BeEmpty("the next look at incoming finishes it");
        (await _service.Active.NamesAsync()).Should().HaveCount(4);
    }

    private async Task<string> PublishedAsync()
    {
        string key = await _service.UploadedAsync(Photo);
        await ShouldBeDoneAsync(await _service.PublishAsync(key));
        return key;
    }

    private Task<HttpResponseMessage> RotateAsync(string key) => _service.PostAsync("/rotate", ("secret", TestService.Secret), ("filename", key), ("rotation", "90"));

    private Task<HttpResponseMessage> RecropAsync(string key) => _service.PostAsync("/recrop", ("secret", TestService.Secret), ("filename", key), ("crop", "200x100+10+20"));

    private static async Task ShouldBeDoneAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
            JsonElement body = await answer.ShouldBeJsonAsync(200);
            body.GetProperty("success").GetBoolean().Should().BeTrue();
        }
    }
}
