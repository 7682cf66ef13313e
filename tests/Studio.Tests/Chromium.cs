using ImageBackend.Testing;
using Microsoft.Playwright;

namespace ImageBackend.Studio.Tests;

/// <summary>All tests of the studio, one at a time: each of them keeps a browser and a service busy.</summary>
[CollectionDefinition(Name)]
public sealed class StudioCollection : ICollectionFixture<Chromium>, ICollectionFixture<S3Server>
{
    public const string Name = "Studio";
}

/// <summary>Debian's Chromium without a window, driven by Playwright, whose driver is in its package: nothing is downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    // No test waits that long when all is well; a busy machine may.
    private const float PatienceMilliseconds = 60_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Why tests that need it are skipped; null: they are not. In CI they fail instead.</summary>
    public static string? WhySkipped { get; } = File.Exists(Program) || Environment.GetEnvironmentVariable("CI") == "true"
        ? null
        : $"{Program} is missing; build/install-test-tools says how to get it";

    public async Task InitializeAsync()
    {
        if (WhySkipped is not null)
        {
            return;
        }

        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox", "--disable-dev-shm-usage"], // as root, and in containers with a small /dev/shm
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <returns>A page of a browser that remembers nothing; the caller closes its context.</returns>
    public async Task<IPage> OpenAsync(View view)
    {
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = view.Width, Height = view.Height },
            ColorScheme = view.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            DeviceScaleFactor = view.Scale,
            HasTouch = view.Width < 500,
            Locale = "en-GB",
            TimezoneId = "Europe/Paris",
            ReducedMotion = ReducedMotion.Reduce,
            HttpCredentials = view.Password is null ? null : new HttpCredentials { Username = "anybody", Password = view.Password },
        });
        context.SetDefaultTimeout(PatienceMilliseconds);
        return await context.NewPageAsync();
    }
}

/// <param name="Scale">Pixels of the screen for one of the page.</param>
/// <param name="Password">What somebody enters where the browser itself asks for it; null: nobody does.</param>
public sealed record View(int Width, int Height, bool IsDark = false, float Scale = 1, string? Password = null)
{
    public static readonly View Light = new(1280, 860);
    public static readonly View Dark = new(1280, 860, IsDark: true);
    public static readonly View Phone = new(360, 740);
}
