using System.Diagnostics;
using System.Globalization;

namespace ImageBackend.DyingService;

/// <summary>Kills this process at a call that was chosen from outside, as the kernel does: nothing is cleaned up.</summary>
/// <param name="file">Says how many calls are left and whether the last takes effect, such as <c>3 before</c> or <c>1 after</c>; it is
/// counted down here. While it is missing, nothing happens.</param>
internal sealed class Death(string file)
{
    private readonly Lock _gate = new();

    public async Task<T> RunAsync<T>(Func<Task<T>> call)
    {
        (bool isLast, bool takesEffect) = Count();
        if (isLast && !takesEffect)
        {
            await DieAsync();
        }

        T result = await call();
        if (isLast)
        {
            await DieAsync();
        }

        return result;
    }

    public Task<bool> RunAsync(Func<Task> call) => RunAsync(async () =>
    {
        await call();
        return true;
    });

    private static async Task DieAsync()
    {
        Process.GetCurrentProcess().Kill();
        await Task.Delay(Timeout.InfiniteTimeSpan); // it takes a moment to arrive
    }

    private (bool IsLast, bool TakesEffect) Count()
    {
        lock (_gate)
        {
            if (!File.Exists(file))
            {
                return (false, false);
            }

            string[] words = File.ReadAllText(file).Split(' ');
            int left = int.Parse(words[0], CultureInfo.InvariantCulture) - 1;
            File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{left} {words[1]}"));
            return (left == 0, words[1] == "after");
        }
    }
}
