using System.Diagnostics;
using System.Runtime.Versioning;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Workers;
using ImageBackend.Infrastructure.Workspaces;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging.Workers;

/// <summary>Real worker processes.</summary>
public sealed class WorkerPoolTests : IDisposable
{
    private static readonly Admit AtOnce = _ => Task.CompletedTask;

    private readonly TempFolder _folder = new();
    private readonly TempFolder _temp = new();
    private readonly LogLines _logs = new();
    private WorkerPool? _pool;

    public void Dispose()
    {
        _pool?.Dispose();
        _folder.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public async Task Make_the_very_thumbnails_that_this_process_makes()
    {
        string photo = Photo();
        ThumbnailTarget[] there = Targets("there");
        ThumbnailTarget[] here = Targets("here");

        JobAnswer answer = await Pool().RunAsync(new ThumbnailsJob(photo, ImageFormat.Jpeg, CropArea.Parse("300x200+10+20"), there), AtOnce, default);
        JobAnswer expected = await new Jobs(KnownEngines.All[0], Conversion.None).RunAsync(new ThumbnailsJob(photo, ImageFormat.Jpeg, CropArea.Parse("300x200+10+20"), here), AtOnce, default);

        answer.Sizes.Should().Equal(expected.Sizes);
        there.Select(target => File.ReadAllBytes(target.Path)).Should().BeEquivalentTo(here.Select(target => File.ReadAllBytes(target.Path)));
    }

    [Fact]
    public async Task Read_headers_and_turn()
    {
        string photo = Photo();
        string turned = _folder.File("turned");

        await Pool().RunAsync(new TurnJob(photo, ImageFormat.Jpeg, Rotation.Clockwise, turned), AtOnce, default);

        JobAnswer answer = await Pool().RunAsync(new HeaderJob(turned, ImageFormat.Jpeg), AtOnce, default);
        answer.Header.Should().Be(new ImageHeader(new PixelSize(480, 640), 1));
    }

    [Theory]
    [InlineData("libvips", true, true, true)]
    [InlineData("libvips", true, false, false)]
    [InlineData("libvips", false, false, false)]
    [InlineData("imagesharp", true, true, false)]
    [UnsupportedOSPlatform("windows")]
    public void Are_the_native_decoder_if_it_is_there_and_has_the_engine(string engine, bool isThere, bool isExecutable, bool isTaken)
    {
        string decoder = isThere ? _folder.Write("image-decoder", []) : _folder.File("image-decoder");
        if (isExecutable)
        {
            File.SetUnixFileMode(decoder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        WorkerProgram program = WorkerProgram.Of(engine, _folder.Path);

        (program.Path == decoder).Should().Be(isTaken);
        File.Exists(program.Path).Should().BeTrue();
    }

    [FactThatMounts]
    [UnsupportedOSPlatform("windows")]
    public void Are_not_the_native_decoder_where_its_disk_lets_nothing_be_run()
    {
        using SmallDisk disk = new(_folder.Path, "64k", ",noexec");
        string decoder = _folder.Write("image-decoder", []);
        File.SetUnixFileMode(decoder, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        WorkerProgram.Of("libvips", _folder.Path).Path.Should().NotBe(decoder);
    }

    [Fact]
    public async Task Have_the_thumbnails_of_the_settings()
    {
        ThumbnailSpec spec = new("XL", Geometry.Parse("100x100>"), extent: null, quality: 50) { WebP = new ModernEncoder(33, 1) };
        ThumbnailTarget target = new(spec, ImageFormat.Jpeg, _folder.File("xl"));
        WorkerPool pool = Pool(
            new ImagingSettings(1)
            {
                WorkerVariables = new Dictionary<string, string?>
                {
                    ["RESIZING_CONFIG"] = """[{"suffix": "XL", "convert": ["-resize", "100x100>", "-quality", "50"]}]""",
                    ["WEBP_QUALITY"] = "33",
                    ["WEBP_EFFORT"] = "1",
                },
            },
            new ThumbnailSet([spec]));

        JobAnswer answer = await pool.RunAsync(new ThumbnailsJob(Photo(), ImageFormat.Jpeg, null, [target]), AtOnce, default);

        answer.Sizes.Should().Equal(new PixelSize(100, 75));
    }

    [Fact]
    public async Task Tell_why_a_picture_is_refused()
    {
        string broken = _folder.Write("broken", Pictures.Jpeg(640, 480)[..2000]);

        Func<Task> act = () => Pool().RunAsync(new ThumbnailsJob(broken, ImageFormat.Jpeg, null, Targets("t")), AtOnce, default);

        (await act.Should().ThrowAsync<InvalidImageException>()).Which.Code.Should().Be("broken_image");
    }

    [Fact]
    public async Task Tell_a_fault_of_the_temp_folder_from_a_broken_picture()
    {
        Func<Task> act = () => Pool().RunAsync(new HeaderJob(_folder.File("nowhere"), ImageFormat.Jpeg), AtOnce, default);

        await act.Should().ThrowAsync<StorageException>();
    }

    [Fact]
    public async Task Ask_for_memory_before_they_parse_a_file_and_before_they_decode()
    {
        List<long> asked = [];
        Task Admit(Need need)
        {
            asked.Add(need.Bytes);
            return Task.CompletedTask;
        }

        await Pool().RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), Admit, default);
        asked.Should().ContainSingle();
        await Pool().RunAsync(new InspectJob(_folder.Write("drawing", Pictures.SvgBytes()), ImageFormat.Svg, _folder.File("sanitised")), Admit, default);
        asked.Should().HaveCount(2);
        await Pool().RunAsync(new StripJob(Photo(), ImageFormat.Jpeg, Stripping.Gps, _folder.File("stripped")), Admit, default);
        asked.Should().HaveCount(3);
        await Pool().RunAsync(new ThumbnailsJob(Photo(), ImageFormat.Jpeg, null, Targets("t")), Admit, default);
        asked.Should().HaveCount(5).And.OnlyContain(bytes => bytes >= 1_000_000 && bytes <= 40_000_000);
    }

    [Fact]
    public async Task Drop_a_job_that_gets_no_memory_and_do_the_next()
    {
        WorkerPool pool = Pool();

        Func<Task> act = () => pool.RunAsync(new ThumbnailsJob(Photo(), ImageFormat.Jpeg, null, Targets("t")), _ => throw new BusyException(), default);
        await act.Should().ThrowAsync<BusyException>();
        int[] before = Workers();

        await pool.RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);
        Workers().Should().Equal(before, "none had to be replaced");
    }

    [Fact]
    public async Task That_die_in_a_job_are_replaced_and_the_job_is_done_again()
    {
        int asked = 0;
        ThumbnailTarget[] targets = Targets("t");

        await Pool().RunAsync(new ThumbnailsJob(Photo(), ImageFormat.Jpeg, null, targets), _ => ++asked == 1 ? KillAsync("XCPU") : Task.CompletedTask, default);

        asked.Should().Be(3, "the second worker asks for both of its shares");
        targets.Should().OnlyContain(target => File.Exists(target.Path));
        _logs.All.Should().ContainMatch("*tried again*");
    }

    [Fact]
    public async Task That_die_twice_of_one_picture_make_it_a_broken_one()
    {
        Func<Task> act = () => Pool().RunAsync(new ThumbnailsJob(Photo(), ImageFormat.Jpeg, null, Targets("t")), _ => KillAsync("XCPU"), default);

        (await act.Should().ThrowAsync<InvalidImageException>()).Which.Code.Should().Be("broken_image");
    }

    [Fact]
    public async Task That_are_killed_twice_from_outside_blame_no_picture()
    {
        Func<Task> act = () => Pool().RunAsync(new ThumbnailsJob(Photo(), ImageFormat.Jpeg, null, Targets("t")), _ => KillAsync("KILL"), default);

        await act.Should().ThrowAsync<BusyException>();
    }

    [Fact]
    public async Task That_die_while_they_wait_are_replaced()
    {
        await Pool().RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);
        await KillAsync("KILL");

        await Pool().RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);
    }

    [Fact]
    public async Task Outlast_signals_that_end_a_service()
    {
        await Pool().RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);
        int[] before = Workers();
        foreach (int worker in before)
        {
            await SignalAsync(worker, "TERM");
            await SignalAsync(worker, "INT");
        }

        await Pool().RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);
        Workers().Should().Equal(before);
    }

    [Fact]
    public async Task That_take_too_much_CPU_time_for_a_picture_are_ended()
    {
        WorkerPool pool = Pool(new ImagingSettings(1) { Limits = JobLimits.Default with { Cpu = TimeSpan.FromSeconds(2) } });
        using Image noise = Pictures.Noise(6000, 5000);
        string photo = _folder.Write("noise", noise.PngsaveBuffer(compression: 1));

        Func<Task> act = () => pool.RunAsync(new TurnJob(photo, ImageFormat.Png, Rotation.Half, _folder.File("turned")), AtOnce, default);

        InvalidImageException refused = (await act.Should().ThrowAsync<InvalidImageException>().WithMessage("*2 seconds*")).Which;
        refused.Code.Should().Be("image_too_complex");
        await pool.RunAsync(new HeaderJob(photo, ImageFormat.Png), AtOnce, default);
    }

    [Fact]
    public async Task That_take_too_much_memory_are_ended()
    {
        WorkerPool pool = Pool(new ImagingSettings(1) { Limits = JobLimits.Default with { Memory = 100_000_000 } });
        using Image large = Pictures.Noise(6000, 5000);
        string photo = _folder.Write("large", large.PngsaveBuffer(compression: 1));

        Func<Task> act = () => pool.RunAsync(new TurnJob(photo, ImageFormat.Png, Rotation.Half, _folder.File("turned")), AtOnce, default);

        (await act.Should().ThrowAsync<InvalidImageException>().WithMessage("*100 MB*")).Which.Code.Should().Be("image_too_complex");
    }

    [Fact]
    public async Task Are_replaced_after_their_share_of_jobs()
    {
        WorkerPool pool = Pool(new ImagingSettings(1), jobsOfOneWorker: 2);
        await pool.RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);
        int[] first = Workers();
        await pool.RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);
        await pool.RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);

        Workers().Should().NotIntersectWith(first);
    }

    [Fact]
    public async Task Know_no_secret()
    {
        Environment.SetEnvironmentVariable("API_SECRET_KEY", "the-secret-of-this-test");
        await Pool().RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);

        foreach (int worker in Workers())
        {
            string[] names = [.. File.ReadAllText($"/proc/{worker}/environ").Split('\0').Select(pair => pair.Split('=')[0])];
            names.Should().Contain("MALLOC_ARENA_MAX", "else nothing was read").And.NotContain("API_SECRET_KEY").And.NotContain("PATH");
        }
    }

    // If the kernel has neither, start-up says so, and there is nothing to test.
    [Fact]
    public async Task Say_that_files_of_others_and_the_network_are_closed_to_them()
    {
        await Pool().RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);

        _logs.All.Should().ContainMatch("*the network is closed*");
        if (Confiner.HasLandlock)
        {
            _logs.All.Should().ContainMatch("*other files are closed*");
        }
    }

    // As a compromised decoder would: the worker is given the path itself, bypassing the service's checks.
    [Theory]
    [InlineData("in the workspace of another job")]
    [InlineData("in another worker's workspace")]
    [InlineData("in the temp folder")]
    [InlineData("elsewhere")]
    public async Task Can_neither_read_nor_write_a_file(string where)
    {
        if (!Confiner.HasLandlock)
        {
            return;
        }

        using TempFolder elsewhere = new();
        TempFolderWorkspaces workspaces = new(new DirectoryInfo(_temp.Path));
        using IWorkspace own = workspaces.Open();
        using IWorkspace other = workspaces.Open();
        string folder = where switch
        {
            "in the workspace of another job" => other.PathOf(""),
            "in another worker's workspace" => Directory.CreateDirectory(other.PathOf("workspace-of-its-job")).FullName,
            "in the temp folder" => _temp.Path,
            _ => elsewhere.Path,
        };
        string photo = Path.Combine(folder, "photo");
        await File.WriteAllBytesAsync(photo, Pictures.Jpeg(64, 48));
        string photoOfItsOwn = own.PathOf("photo");
        File.Copy(photo, photoOfItsOwn);
        WorkerJson json = new(ThumbnailSet.Default);
        using Process worker = Process.Start(new ProcessStartInfo(TestWorker.Program.Path, [.. TestWorker.Program.Arguments, ImagingWorker.Verb, own.PathOf("")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        json.ReadFromWorker((await worker.StandardOutput.ReadLineAsync())!).Ready!.Files.Should().BeTrue();

        (await DoAsync(new HeaderJob(photoOfItsOwn, ImageFormat.Jpeg))).Answer.Should().NotBeNull("else nothing is shown by the others");
        (await DoAsync(new HeaderJob(photo, ImageFormat.Jpeg))).Fault.Should().NotBeNull();
        (await DoAsync(new StripJob(photoOfItsOwn, ImageFormat.Jpeg, Stripping.All, photo))).Fault.Should().NotBeNull();
        (await DoAsync(new StripJob(photoOfItsOwn, ImageFormat.Jpeg, Stripping.All, Path.Combine(folder, "new")))).Fault.Should().NotBeNull();

        worker.StandardInput.Close();
        await worker.WaitForExitAsync();

        async Task<FromWorker> DoAsync(Job job)
        {
            await worker.StandardInput.WriteLineAsync(json.Write(new ToWorker(Job: job)));
            while (true)
            {
                FromWorker answer = json.ReadFromWorker((await worker.StandardOutput.ReadLineAsync())!);
                if (answer.NeedsBytes is null)
                {
                    return answer;
                }

                await worker.StandardInput.WriteLineAsync(json.Write(new ToWorker(MayDecode: true)));
            }
        }
    }

    [Fact]
    public async Task Give_a_workspace_back_whole_whatever_became_of_its_job()
    {
        TempFolderWorkspaces workspaces = new(new DirectoryInfo(_temp.Path));
        using IWorkspace workspace = workspaces.Open();
        await File.WriteAllBytesAsync(workspace.PathOf("photo"), Pictures.Jpeg(64, 48));
        await File.WriteAllBytesAsync(workspace.PathOf("broken"), "no picture"u8.ToArray());
        string[] before = Directory.GetFileSystemEntries(workspace.PathOf(""));

        await RunAsync("photo", AtOnce);
        await FluentActions.Awaiting(() => RunAsync("broken", AtOnce)).Should().ThrowAsync<InvalidImageException>();
        await FluentActions.Awaiting(() => RunAsync("photo", _ => throw new BusyException())).Should().ThrowAsync<BusyException>();
        await FluentActions.Awaiting(() => RunAsync("photo", _ => KillAsync("KILL"))).Should().ThrowAsync<BusyException>();

        Directory.GetFileSystemEntries(workspace.PathOf("")).Should().BeEquivalentTo(before);
        Directory.GetFiles(_temp.Path, "*", SearchOption.AllDirectories).Should().OnlyContain(
            file => file.StartsWith(workspace.PathOf(""), StringComparison.Ordinal) || Path.GetFileName(file) == ".lock", "a worker without a job has no file");

        Task RunAsync(string name, Admit admit) => Pool().RunAsync(new HeaderJob(workspace.PathOf(name), ImageFormat.Jpeg), admit, default);
    }

    [Fact]
    public async Task Whose_folder_was_removed_are_replaced()
    {
        await Pool().RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);
        Directory.GetDirectories(_temp.Path).Should().ContainSingle();
        Directory.Delete(Directory.GetDirectories(_temp.Path).Single(), recursive: true);

        await Pool().RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);

        Directory.GetDirectories(_temp.Path).Should().ContainSingle();
    }

    [Fact]
    public async Task Go_before_the_service_when_memory_is_short()
    {
        await Pool().RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);

        Workers().Should().NotBeEmpty();
        Workers().Select(worker => File.ReadAllText($"/proc/{worker}/oom_score_adj").Trim()).Should().OnlyContain(score => score == "1000");
        _logs.All.Should().ContainMatch("*the kernel kills one of them*");
    }

    [Fact]
    public async Task Go_with_their_pool()
    {
        WorkerPool pool = Pool();
        await pool.RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);
        Workers().Should().NotBeEmpty();

        pool.Dispose();

        await EndAsync(() => Workers().Length == 0);
        Directory.GetFileSystemEntries(_temp.Path).Should().BeEmpty();
    }

    [Fact]
    public async Task That_do_not_start_are_told_with_what_they_said()
    {
        using WorkerPool pool = new(new ImagingSettings(1), ThumbnailSet.Default, new WorkerProgram("dotnet", ["/nowhere.dll"]), new TempFolderWorkspaces(new DirectoryInfo(_temp.Path)), new LineLogger<WorkerPool>(_logs));

        Func<Task> act = () => pool.RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);

        await act.Should().ThrowAsync<DecodersException>();
    }

    [Fact]
    public async Task That_had_not_started_when_the_pool_ended_are_told_as_such()
    {
        WorkerPool pool = new(new ImagingSettings(1), ThumbnailSet.Default, new WorkerProgram("sleep", ["600"]), new TempFolderWorkspaces(new DirectoryInfo(_temp.Path)), new LineLogger<WorkerPool>(_logs));
        Task<JobAnswer> job = pool.RunAsync(new HeaderJob(Photo(), ImageFormat.Jpeg), AtOnce, default);

        await pool.DisposeAsync();

        Func<Task> act = () => job;
        await act.Should().ThrowAsync<DecodersException>();
        Directory.GetFileSystemEntries(_temp.Path).Should().BeEmpty();
    }

    private WorkerPool Pool(ImagingSettings? settings = null, ThumbnailSet? set = null, int jobsOfOneWorker = 1000) => _pool ??= new WorkerPool(
        settings ?? new ImagingSettings(1),
        set ?? ThumbnailSet.Default,
        TestWorker.Program,
        new TempFolderWorkspaces(new DirectoryInfo(_temp.Path)),
        new LineLogger<WorkerPool>(_logs))
    {
        JobsOfOneWorker = jobsOfOneWorker,
    };

    private string Photo() => _folder.Write($"photo-{Guid.NewGuid():N}", Pictures.Jpeg(640, 480));

    private ThumbnailTarget[] Targets(string name, ImageFormat? format = null) =>
        [.. ThumbnailSet.Default.Specs.Select(spec => new ThumbnailTarget(spec, format ?? ImageFormat.Jpeg, _folder.File(name + spec.Suffix)))];

    // Those whose working folder is this test's.
    private int[] Workers() => RunningPrograms.With($"{ImagingWorker.Verb}\0{_temp.Path}");

    // XCPU represents a crash: .NET ignores the signals of real ones if they are sent from outside.
    private async Task KillAsync(string signal)
    {
        foreach (int worker in Workers())
        {
            await SignalAsync(worker, signal);
        }

        await Task.Delay(50); // time to die
    }

    private static async Task SignalAsync(int process, string signal)
    {
        using Process kill = Process.Start("sh", ["-c", $"kill -{signal} {process}"]);
        await kill.WaitForExitAsync();
    }

    private static async Task EndAsync(Func<bool> isReached)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(10));
        while (!isReached())
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
