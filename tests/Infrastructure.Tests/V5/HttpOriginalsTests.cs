using System.Net;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.V5;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.V5;

public sealed class HttpOriginalsTests : IAsyncLifetime, IDisposable
{
    private const string Name = "1475660224_1.jpg";
    private const int MaxBytes = 500_000;

    private static readonly byte[] Photo = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7919 >> 3))];

    private static readonly FetchPatience Patience = new(
        Tries: 3, Pause: TimeSpan.FromMilliseconds(1), Stall: TimeSpan.FromSeconds(20), Whole: TimeSpan.FromSeconds(40), FailuresInARow: 3);

    private readonly FakeWorkspaces _workspaces = new();
    private readonly IWorkspace _workspace;
    private readonly OriginalsServer _server = OriginalsServer.Start();

    public HttpOriginalsTests() => _workspace = _workspaces.Open();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _workspace.Dispose();
        _workspaces.Dispose();
    }

    [Fact]
    public async Task Are_fetched_byte_for_byte()
    {
        _server.Serve(Name, Photo);

        (await FetchAsync()).Should().Be(Photo.Length);

        Fetched().Should().Equal(Photo);
        _server.Asked.Should().Equal(Name);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Are_asked_for_again_after_what_may_pass(int status)
    {
        _server.ServeAfter(Name, failures: 2, status, Photo);

        await FetchAsync();

        Fetched().Should().Equal(Photo);
        _server.Asked.Should().HaveCount(3);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Are_asked_for_once_where_it_will_not_pass(int status)
    {
        _server.ServeAfter(Name, failures: 2, status, Photo);

        (await UnavailableAsync()).Message.Should().Be($"The original {Name} can't be read: the server answers {status}.");

        _server.Asked.Should().HaveCount(1);
    }

    [Fact]
    public async Task Are_given_up_after_the_third_try()
    {
        _server.ServeAfter(Name, failures: 3, 500, Photo);

        (await UnavailableAsync()).Message.Should().EndWith("the server answers 500.");

        _server.Asked.Should().HaveCount(3);
    }

    [Fact]
    public async Task Are_fetched_anew_when_the_connection_broke_off()
    {
        _server.CutOff(Name, Photo);
        Task<long> fetching = FetchAsync(patience: Patience with { Pause = TimeSpan.FromMilliseconds(200) });
        await WaitForAsync(() => _server.Asked.Count == 1);
        _server.Serve(Name, Photo);

        await fetching;

        Fetched().Should().Equal(Photo);
        _server.Asked.Should().HaveCount(2);
    }

    [Fact]
    public async Task That_always_break_off_are_no_originals()
    {
        _server.CutOff(Name, Photo);

        (await UnavailableAsync()).Message.Should().Contain("broke off");
    }

    [Fact]
    public async Task That_stall_are_given_up()
    {
        _server.Stall(Name, Photo[..1000]);

        OriginalUnavailableException fault = await UnavailableAsync(patience: Patience with { Tries = 2, Stall = TimeSpan.FromMilliseconds(50) });

        fault.Message.Should().EndWith("nothing came for 0.05 s.");
        _server.Asked.Should().HaveCount(2);
    }

    [Fact]
    public async Task Whose_answer_does_not_even_begin_are_given_up()
    {
        _server.Hang(Name);

        (await UnavailableAsync(patience: Patience with { Tries = 1, Stall = TimeSpan.FromMilliseconds(50) })).Message.Should().Contain("nothing came");
    }

    [Fact]
    public async Task That_trickle_for_ever_are_given_up()
    {
        _server.Stream(Name, new byte[1], pause: TimeSpan.FromMilliseconds(5));

        FetchPatience patience = Patience with { Tries = 1, Whole = TimeSpan.FromMilliseconds(200) };
        (await UnavailableAsync(patience: patience)).Message.Should().Contain("it was not there after 0.2 s");
    }

    [Fact]
    public async Task Of_a_declared_length_past_the_limit_are_not_read()
    {
        _server.Stall(Name, new byte[MaxBytes]);

        (await FetchAsync()).Should().Be(MaxBytes + 1);
    }

    [Fact]
    public async Task Without_a_length_are_read_to_the_limit_and_no_further()
    {
        _server.Stream(Name, new byte[4096], pause: TimeSpan.Zero);

        (await FetchAsync()).Should().Be(MaxBytes + 1);
    }

    [Theory]
    [InlineData("elsewhere.jpg", 301)]
    [InlineData("/uploads/images/elsewhere.jpg", 302)]
    [InlineData("/uploads/images/elsewhere.jpg", 307)]
    public async Task May_be_elsewhere_on_the_same_host(string target, int status)
    {
        _server.Redirect(Name, target, status);
        _server.Serve("elsewhere.jpg", Photo);

        await FetchAsync();

        Fetched().Should().Equal(Photo);
    }

    [Theory]
    [InlineData("http://localhost:{0}/uploads/images/elsewhere.jpg", "http://localhost")]
    [InlineData("http://127.0.0.2:{0}/uploads/images/elsewhere.jpg", "http://127.0.0.2")]
    [InlineData("http://169.254.169.254/latest/meta-data/", "http://169.254.169.254")]
    [InlineData("http://[::1]:{0}/uploads/images/elsewhere.jpg", "http://[::1]")]
    [InlineData("http://user:s3cret@10.0.0.1/", "http://10.0.0.1")]
    [InlineData("file:///etc/passwd", "file://")]
    public async Task Are_never_fetched_from_another_host_or_another_way(string target, string shown)
    {
        _server.Redirect(Name, string.Format(null, target, _server.Address.Port));
        _server.Serve("elsewhere.jpg", Photo);

        (await UnavailableAsync()).Message.Should().Be(
            $"The original {Name} can't be read: the server redirects to {shown}, and V5_REDIRECT_HOSTS does not name that host.");

        _server.Asked.Should().Equal(Name);
    }

    [Fact]
    public async Task May_be_on_another_host_that_the_settings_name_which_is_told_no_password()
    {
        _server.Redirect(Name, $"http://localhost:{_server.Address.Port}/uploads/images/elsewhere.jpg");
        _server.Serve("elsewhere.jpg", Photo);

        await FetchAsync(["localhost"], new NetworkCredential("me", "s3crét"));

        Fetched().Should().Equal(Photo);
        _server.Authorizations.Should().Equal("Basic " + Convert.ToBase64String("me:s3crét"u8), "");
    }

    [Fact]
    public async Task On_another_port_of_the_same_host_are_fetched_without_the_password()
    {
        await using OriginalsServer other = OriginalsServer.Start();
        other.Serve("elsewhere.jpg", Photo);
        _server.Redirect(Name, new Uri(other.Address, "elsewhere.jpg").ToString());

        await FetchAsync(login: new NetworkCredential("me", "s3cret"));

        Fetched().Should().Equal(Photo);
        _server.Authorizations.Should().Equal("Basic " + Convert.ToBase64String("me:s3cret"u8));
        other.Authorizations.Should().Equal("");
    }

    [Fact]
    public async Task That_redirect_for_ever_are_given_up()
    {
        _server.Redirect(Name, Name);

        (await UnavailableAsync()).Message.Should().EndWith("the server redirects more than 5 times.");
    }

    [Fact]
    public async Task Of_a_server_that_is_not_there_are_no_ones_fault_but_the_servers()
    {
        OriginalsServer ended = OriginalsServer.Start();
        Uri gone = ended.Address;
        await ended.DisposeAsync();
        using HttpOriginals originals = new(gone, new NetworkCredential("me", "s3cret"), [], Patience);
        Func<Task> act = () => originals.FetchAsync(ImageKey.Parse(Name), _workspace, "original", MaxBytes, default);

        Exception fault = (await act.Should().ThrowAsync<MigrationFaultException>()).Which;

        fault.Message.Should().Be($"The server of originals, {gone.Authority}, gives none: the server can't be reached (ConnectionError).");
        fault.ToString().Should().NotContain("s3cret");
    }

    [Fact]
    public async Task Of_a_server_that_fails_for_every_image_are_given_up_together()
    {
        using HttpOriginals originals = new(_server.Address, null, [], Patience);
        _server.ServeAfter("500.jpg", failures: int.MaxValue, 500, Photo);
        _server.Serve("good.jpg", Photo);

        await FailsAsync<OriginalUnavailableException>("500.jpg");
        await FailsAsync<OriginalUnavailableException>("500.jpg");
        await FailsAsync<OriginalUnavailableException>("404.jpg"); // an answer, so the count restarts
        await FailsAsync<OriginalUnavailableException>("500.jpg");
        await originals.FetchAsync(ImageKey.Parse("good.jpg"), _workspace, "original", MaxBytes, default);
        await FailsAsync<OriginalUnavailableException>("500.jpg");
        await FailsAsync<OriginalUnavailableException>("500.jpg");
        await FailsAsync<MigrationFaultException>("500.jpg");

        async Task FailsAsync<TException>(string name)
            where TException : Exception
        {
            Func<Task> act = () => originals.FetchAsync(ImageKey.Parse(name), _workspace, "original", MaxBytes, default);
            await act.Should().ThrowExactlyAsync<TException>();
        }
    }

    [Fact]
    public async Task End_when_the_caller_wants_no_more()
    {
        using CancellationTokenSource enough = new();
        _server.Stall(Name, Photo[..1000]);
        using HttpOriginals originals = new(_server.Address, null, [], Patience);
        Task<long> fetching = originals.FetchAsync(ImageKey.Parse(Name), _workspace, "original", MaxBytes, enough.Token);
        await WaitForAsync(() => _server.Asked.Count == 1);
        await enough.CancelAsync();
        Func<Task> act = () => fetching;

        await act.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task That_the_disk_has_no_room_for_are_the_disks_fault()
    {
        _server.Serve(Name, Photo);
        _workspaces.IsFull = true;
        Func<Task> act = () => FetchAsync();

        await act.Should().ThrowAsync<StorageException>();
        _server.Asked.Should().HaveCount(1);
    }

    private static async Task WaitForAsync(Func<bool> isSo)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (!isSo())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private async Task<long> FetchAsync(string[]? hosts = null, NetworkCredential? login = null, FetchPatience? patience = null)
    {
        using HttpOriginals originals = new(_server.Address, login, hosts ?? [], patience ?? Patience);
        return await originals.FetchAsync(ImageKey.Parse(Name), _workspace, "original", MaxBytes, default);
    }

    private async Task<OriginalUnavailableException> UnavailableAsync(FetchPatience? patience = null)
    {
        Func<Task> act = () => FetchAsync(patience: patience);
        return (await act.Should().ThrowAsync<OriginalUnavailableException>()).Which;
    }

    private byte[] Fetched() => File.ReadAllBytes(_workspace.PathOf("original"));
}
