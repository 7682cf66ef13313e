namespace ImageBackend.Web.Tests;

/// <summary>Waits for what a service does in its own time.</summary>
internal static class Eventually
{
    private const int Tries = 600;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <param name="tries">How often it is looked at: a limit by count, so that it is long enough on the slowest machine.</param>
    public static Task IsAsync(Func<bool> condition, int tries = Tries) => IsAsync(() => Task.FromResult(condition()), tries);

    /// <inheritdoc cref="IsAsync(Func{bool}, int)"/>
    public static async Task IsAsync(Func<Task<bool>> condition, int tries = Tries)
    {
        bool isSo;
        for (int i = 0; !(isSo = await condition()) && i < tries; i++)
        {
            await Task.Delay(Pause);
        }

        isSo.Should().BeTrue();
    }
}
