using ImageBackend.Infrastructure.Files;
using ImageBackend.Infrastructure.Resumable;
using ImageBackend.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ImageBackend.Infrastructure.Tests.Resumable;

public sealed class PartialUploadsTests : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly TempFolder _temp = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    private PartialUploads Uploads => new(new DirectoryInfo(_temp.Path), _time);

    private string Folder => _temp.File("partial");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Keep_what_arrived_before_content_broke()
    {
        await using PartialUpload upload = await Uploads.CreateAsync("a", 100_000, null, Day);

        Func<Task> act = () => upload.AppendAsync(new BreakingStream(new byte[40_000]), 100_000, sum: null, CancellationToken.None);

        await act.Should().ThrowAsync<IOException>();
        upload.Offset.Should().Be(40_000);
        new FileInfo(BytesOf(upload)).Length.Should().Be(40_000);
    }

    [Fact]
    public async Task Keep_no_byte_past_the_limit_and_say_that_there_is_one()
    {
        await using PartialUpload upload = await Uploads.CreateAsync("a", 100, null, Day);

        long read = await upload.AppendAsync(new MemoryStream(new byte[500]), 100, sum: null, CancellationToken.None);

        read.Should().Be(101);
        upload.Offset.Should().Be(100);
        new FileInfo(BytesOf(upload)).Length.Should().Be(100);
    }

    [Fact]
    public async Task Have_ids_that_cannot_be_guessed_and_name_the_replica()
    {
        await using PartialUpload one = await Uploads.CreateAsync("a", 100, null, Day);
        await using PartialUpload other = await Uploads.CreateAsync("a", 100, null, Day);
        await using PartialUpload elsewhere = await Uploads.CreateAsync("b", 100, null, Day);

        one.Id.Should().MatchRegex("^[0-9a-f]{40}$");
        one.Id[..8].Should().Be("ca978112").And.Be(other.Id[..8]).And.NotBe(elsewhere.Id[..8]);
        one.Id[8..].Should().NotBe(other.Id[8..]);
    }

    [Fact]
    public async Task Are_for_the_service_s_user_alone()
    {
        await using PartialUpload upload = await Uploads.CreateAsync("a", 100, null, Day);

        new DirectoryInfo(Folder).UnixFileMode.Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [NeedsToolFact("/usr/bin/flock")]
    public async Task Are_held_by_one_process_at_a_time()
    {
        PartialUpload upload = await Uploads.CreateAsync("a", 100, null, Day);
        (await LockHolder.IsFreeAsync(BytesOf(upload))).Should().BeFalse();
        await upload.DisposeAsync();
        using LockHolder other = await LockHolder.StartAsync(BytesOf(upload));

        Action act = () => Uploads.Open(upload.Id);

        act.Should().Throw<PartialUploadHeldException>();
        await other.KillAsync();
        await using PartialUpload? now = Uploads.Open(upload.Id);
        now.Should().NotBeNull();
    }

    [Fact]
    public async Task A_sweep_removes_what_has_expired_unless_somebody_holds_it()
    {
        await using PartialUpload held = await Uploads.CreateAsync("a", 100, null, Day);
        PartialUpload free = await Uploads.CreateAsync("a", 100, null, Day);
        await free.DisposeAsync();
        PartialUpload later = await Uploads.CreateAsync("a", 100, null, 2 * Day);
        await later.DisposeAsync();
        Uploads.Sweep().Should().Be(Swept.Nothing);
        _time.Advance(Day);

        Uploads.Sweep().Should().Be(new Swept(1));

        Uploads.List().Keys.Should().BeEquivalentTo(held.Id, later.Id);
        Uploads.Open(free.Id).Should().BeNull();
    }

    [Fact]
    public async Task A_sweep_removes_bytes_whose_record_a_crash_prevented_once_nobody_can_be_making_it()
    {
        PartialUpload upload = await Uploads.CreateAsync("a", 100, null, Day);
        await upload.DisposeAsync();
        File.Delete(Path.Combine(Folder, upload.Id + ".json"));
        Uploads.Sweep().Should().Be(Swept.Nothing);
        _time.Advance(TimeSpan.FromMinutes(11));

        Uploads.Sweep().Should().Be(new Swept(1));

        Directory.EnumerateFileSystemEntries(Folder).Should().BeEmpty();
    }

    [Fact]
    public void A_sweep_of_no_folder_makes_none()
    {
        Uploads.Sweep().Should().Be(Swept.Nothing);
        Uploads.List().Should().BeEmpty();

        Directory.Exists(Folder).Should().BeFalse();
    }

    [Fact]
    public async Task What_others_keep_in_the_folder_stays()
    {
        PartialUpload upload = await Uploads.CreateAsync("a", 100, null, Day);
        await upload.DisposeAsync();
        string theirs = Path.Combine(Folder, "notes.bytes");
        File.WriteAllText(theirs, "x");
        _time.Advance(2 * Day);

        Uploads.Sweep();

        Directory.EnumerateFileSystemEntries(Folder).Should().Equal(theirs);
    }

    private string BytesOf(PartialUpload upload) => Path.Combine(Folder, upload.Id + ".bytes");

    /// <summary>Content that breaks off.</summary>
    private sealed class BreakingStream(byte[] content) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and int read ? read : throw new IOException("broken");
    }
}
