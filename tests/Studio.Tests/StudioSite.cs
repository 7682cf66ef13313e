using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using ImageBackend.Testing;
using ImageBackend.Web.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ImageBackend.Studio.Tests;

/// <summary>A real service on new storages and its studio in a browser. Whatever the browser complains about is recorded.</summary>
internal sealed partial class StudioSite : IAsyncDisposable
{
    public const string Folders = "folders";
    public const string S3 = "S3";

    /// <summary>The status of an answer that never came.</summary>
    public const int BrokenLine = 0;

    private readonly string _prefix;
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly HashSet<int> _expectedStatuses = [];

    private StudioSite(TestService service, IPage page, string prefix)
    {
        (Service, Page, _prefix) = (service, page, prefix);
        page.Console += (_, message) => Note(message);
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Request += (_, request) => _requests.Enqueue($"{request.Method} {request.Url}");
    }

    public TestService Service { get; }

    public IPage Page { get; }

    /// <summary>Method and address of all requests so far.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    private string Origin => $"http://127.0.0.1:{Service.Port}";

    public static async Task<StudioSite> StartAsync(
        Chromium chromium, S3Server server, string storage = Folders, View? view = null, params (string Name, string Value)[] variables)
    {
        Skip.If(Chromium.WhySkipped is not null, Chromium.WhySkipped);
        Skip.If(storage == S3 && S3Server.WhySkipped is not null, S3Server.WhySkipped);
        (string, string)[] all = [("STUDIO", "1"), .. variables];
        TestService service;
        if (storage == S3)
        {
            service = await TestService.StartAsync(await TestStorages.OnS3Async(server, server.Endpoint), all);
        }
        else
        {
            TempFolder folder = new();
            service = await TestService.StartAsync(TestStorages.InFolders(folder.Folder("incoming"), folder.Folder("active"), folder.Dispose), all);
        }

        string prefix = variables.FirstOrDefault(variable => variable.Name == "ROUTE_PREFIX").Value ?? "";
        return new StudioSite(service, await chromium.OpenAsync(view ?? View.Light), prefix);
    }

    /// <summary>Opens a view, such as <c>active</c>.</summary>
    public Task OpenAsync(string view = "upload") => Page.GotoAsync($"{Origin}{_prefix}/studio#/{view}");

    /// <summary>Opens another page of the service.</summary>
    public Task OpenPageAsync(string path) => Page.GotoAsync($"{Origin}{_prefix}{path}");

    /// <summary>Opens a view that needs the secret, and enters it.</summary>
    public async Task UnlockAsync(string view = "upload")
    {
        bool asksForIt = view != "upload";
        await OpenAsync(asksForIt ? view : "running");
        await Page.GetByLabel("Secret", new PageGetByLabelOptions { Exact = true }).FillAsync(TestService.Secret);
        await Press("Unlock", Page.Locator("form"));
        await Expect(Page.Locator("input[name=secret]")).ToHaveCountAsync(0);
        if (!asksForIt)
        {
            await OpenAsync(view);
        }
    }

    public ILocator Heading(string text) => Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = text, Level = 1 });

    public ILocator Text(string text) => Page.GetByText(text);

    public Task Press(string button, ILocator? @in = null) =>
        (@in ?? Page.Locator("body")).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = button, Exact = true }).ClickAsync();

    /// <summary>Chooses files, as the dialogue of the system would.</summary>
    public Task ChooseAsync(params (string Name, byte[] Content)[] files) => Page.Locator("#files").SetInputFilesAsync(
        files.Select(file => new FilePayload { Name = file.Name, MimeType = file.Name.EndsWith("jpg", StringComparison.Ordinal) ? "image/jpeg" : "text/plain", Buffer = file.Content }));

    /// <returns>The new name of a photo that waits in incoming.</returns>
    public Task<string> UploadedAsync(byte[] photo) => Service.UploadedAsync(photo);

    /// <returns>The name of a published photo.</returns>
    public async Task<string> PublishedAsync(byte[] photo)
    {
        string key = await UploadedAsync(photo);
        using HttpResponseMessage answer = await Service.PublishAsync(key);
        answer.IsSuccessStatusCode.Should().BeTrue();
        return key;
    }

    /// <returns>The name in the address of the image that is shown, once it is another one.</returns>
    public async Task<string> NextImageAsync(string before = "")
    {
        await Page.WaitForURLAsync(address => address.Contains("#/image/", StringComparison.Ordinal) && !address.EndsWith("/" + before, StringComparison.Ordinal));
        return Page.Url[(Page.Url.LastIndexOf('/') + 1)..];
    }

    /// <summary>From now on answers of these statuses are part of the test; the browser notes each of them as an error.</summary>
    public void Expects(params int[] statuses) => _expectedStatuses.UnionWith(statuses);

    /// <summary>The browser had nothing to complain about, asked nobody else, and no address or cookie holds the secret.</summary>
    public async Task ShouldBeContentAsync()
    {
        _complaints.Should().BeEmpty();
        Requests.Should().OnlyContain(request => AllowedAddress().IsMatch(request));
        Requests.Should().NotContain(request => request.Contains(TestService.Secret, StringComparison.Ordinal));
        Page.Url.Should().NotContain(TestService.Secret);
        (await Page.Context.CookiesAsync()).Should().BeEmpty();
        foreach (string secret in Service.Secrets)
        {
            Service.Logs.All.Should().NotContain(secret);
        }
    }

    /// <summary>Everybody can use what is shown.</summary>
    public async Task ShouldBeAccessibleAsync()
    {
        AxeResult result = await Page.RunAxe();
        result.Violations.Should().BeEmpty(
            "axe should find nothing: {0}",
            string.Join("; ", result.Violations.Select(one => $"{one.Id} at {string.Join(", ", one.Nodes.Select(node => node.Html))}")));
    }

    public async ValueTask DisposeAsync()
    {
        await Page.Context.CloseAsync();
        await Service.DisposeAsync();
    }

    private void Note(IConsoleMessage message)
    {
        Match failed = FailedStatus().Match(message.Text);
        bool isExpected = failed.Success
            && _expectedStatuses.Contains(failed.Groups["status"].Success ? int.Parse(failed.Groups["status"].Value, CultureInfo.InvariantCulture) : BrokenLine);
        if (message.Type is "error" or "warning" && !isExpected)
        {
            _complaints.Enqueue($"{message.Text} ({message.Location})");
        }
    }

    [GeneratedRegex(@"^[A-Z]+ (http://127\.0\.0\.1:\d+/|blob:|data:|about:)")]
    private static partial Regex AllowedAddress();

    [GeneratedRegex(@"^Failed to load resource: (the server responded with a status of (?<status>\d+)|net::)")]
    private static partial Regex FailedStatus();
}
